"""Prints precision, recall and F1 over pairs of records for our matcher, exact matching and Splink, then what look-ups answer. Called by `run`."""

import datetime
import os
import platform
import subprocess
import sys
import time
from pathlib import Path

import pandas

import febrl
import people
import splink_peer

PROGRAM, FOLDER = sys.argv[1], Path(sys.argv[2])
UPPER = 4.0  # The default of match_upper.
ALONE = 2.0  # For lists without households: from here on no pair of Febrl 4 is wrong.


def matching(*arguments, model=None):
    environment = {**os.environ, "THINKFAMILY_DATA_DIR": str(FOLDER)}
    if model:
        environment["THINKFAMILY_MATCHING_MODEL"] = str(model)
    subprocess.run([PROGRAM, "matching", *map(str, arguments)], check=True, env=environment, stdout=subprocess.DEVNULL)


def score(files, model=None):
    out = FOLDER / "pairs.csv"
    matching("score", *[part for file in files for part in ("--from", file)], "--out", out, model=model)
    table = pandas.read_csv(out, dtype={"asked": str, "stored": str})
    return {frozenset(pair): weight for pair, weight in zip(zip(table.asked, table.stored), table.weight)}


def train(files, out, *options):
    matching("train", *[part for file in files for part in ("--from", file)], "--out", out, *options)
    return out


def figures(found, true):
    hits = len(found & true)
    precision, recall = hits / max(1, len(found)), hits / len(true)
    return precision, recall, 2 * precision * recall / max(1e-9, precision + recall), len(found) - hits, len(true) - hits


def line(name, weights, true):
    """At the default threshold, and the best that any threshold could do, which only somebody who knows the truth can choose."""
    at, lower = [figures({pair for pair, weight in weights.items() if weight >= least}, true) for least in (UPPER, ALONE)]
    best, hits = (0, 0, 0), 0
    ordered = sorted(weights.items(), key=lambda item: -item[1])
    for place, (pair, weight) in enumerate(ordered, 1):
        hits += pair in true
        if place == len(ordered) or ordered[place][1] != weight:
            f1 = 2 * hits / (place + len(true))
            best = max(best, (f1, hits / place, hits / len(true)))
    print(f"| {name} | {at[0]:.4f} | {at[1]:.4f} | {at[2]:.4f} | {at[3]} | {at[4]} | {lower[0]:.4f} / {lower[1]:.4f} / {lower[2]:.4f} | {best[1]:.4f} / {best[2]:.4f} / {best[0]:.4f} |")


def exact(name, pairs, true):
    at = figures(pairs, true)
    print(f"| {name} | {at[0]:.4f} | {at[1]:.4f} | {at[2]:.4f} | {at[3]} | {at[4]} | | |")


def heading(title):
    print(f"\n### {title}\n")
    print(f"| | precision | recall | F1 | wrong | missed | at {ALONE:g} bits: P / R / F1 | best threshold: P / R / F1 |\n| --- | --- | --- | --- | --- | --- | --- | --- |")


def same(records, columns, other=None):
    """Pairs that are the same in all columns, none of them empty."""
    left = records[(records[columns] != "").all(axis=1)].rename_axis("left").reset_index()
    right = left if other is None else other[(other[columns] != "").all(axis=1)].rename_axis("left").reset_index()
    joined = left.merge(right, on=columns, suffixes=("", "_other"))
    return {frozenset(pair) for pair in zip(joined["left"], joined["left_other"]) if pair[0] != pair[1]}


def febrl_tables():
    files = {}
    for number in (1, 2, 3, 4):
        files[number] = FOLDER / f"febrl{number}.csv"
        febrl.described(febrl.load(number)).to_csv(files[number])
    elsewhere = train([files[4]], FOLDER / "febrl4.toml", "--no-households")
    for number in (1, 2, 3):
        records = febrl.load(number)
        true = febrl.truth(records)
        built_in = score([files[number]])
        found = len(true & set(built_in)) / len(true)
        heading(f"Febrl {number}: {len(records)} records, {len(true)} true pairs; {len(built_in)} pairs share a key, {found:.4f} of the true ones")
        line("ours, estimated from Febrl 4", score([files[number]], elsewhere), true)
        own = train([files[number]], FOLDER / "own.toml", "--no-households")
        line("ours, estimated from these data, unlabelled", score([files[number]], own), true)
        line("ours, built in (reckons with households)", built_in, true)
        said = febrl.described(records)
        exact("exact names and date of birth", same(said, ["given_name", "family_name", "date_of_birth"]), true)
        exact("exact in all fields", same(said, list(said.columns)), true)
        weights = splink_peer.weights([splink_peer.febrl_table(records)], list(built_in), splink_peer.FEBRL_ADDRESS)
        line("Splink, estimated from these data, unlabelled", weights, true)
        sys.stdout.flush()


def made_up():
    people.write(FOLDER, "test", 2)
    stored, asked = FOLDER / "test-stored.csv", FOLDER / "test-asked.csv"
    tables = [pandas.read_csv(file, dtype=str, index_col="id").fillna("") for file in (stored, asked)]
    who = pandas.read_csv(FOLDER / "test-truth.csv", dtype=str).fillna("").set_index("asked").stored.to_dict()
    true = {frozenset(pair) for pair in who.items() if pair[1]}
    weights = score([stored, asked])
    found = len(true & set(weights)) / len(true)
    heading(
        f"Made-up people: {len(tables[0])} stored, {len(who)} questions, {len(true)} of them about somebody stored; {len(weights)} pairs share a key, "
        f"{found:.4f} of the true ones"
    )
    line("ours, built in", weights, true)
    exact("exact names and date of birth", same(tables[0], ["given_name", "family_name", "date_of_birth"], tables[1]), true)
    peer = splink_peer.weights([splink_peer.line_table(table) for table in tables], list(weights), splink_peer.LINE_ADDRESS)
    line("Splink, estimated from these data, unlabelled", peer, true)
    begun = time.monotonic()
    matching("answer", "--from", stored, "--from", asked, "--out", FOLDER / "answers.csv")
    seconds = time.monotonic() - begun
    answers = pandas.read_csv(FOLDER / "answers.csv", dtype=str).fillna("")
    count = {}
    for row in answers.itertuples():
        is_stored = bool(who[row.asked])
        right = row.answer != "matched" or row.stored == who[row.asked]
        key = (is_stored, row.answer if right or not is_stored else "matched with somebody else")
        count[key] = count.get(key, 0) + 1
    print(f"\nAnswers to these {len(answers)} questions ({seconds:.1f} s, a build without optimisation):\n")
    print("| asked about | right person | somebody else | ambiguous | not found |\n| --- | --- | --- | --- | --- |")
    cells = lambda is_stored, *names: " | ".join(str(count.get((is_stored, name), 0)) for name in names)
    print(f"| somebody stored | {cells(True, 'matched', 'matched with somebody else', 'ambiguous', 'not_found')} |")
    print(f"| nobody stored | – | {cells(False, 'matched', 'ambiguous', 'not_found')} |")


if __name__ == "__main__":
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30
    print(f"{datetime.date.today()}, {os.cpu_count()} cores, {memory:.0f} GB, Python {platform.python_version()}; threshold {UPPER:g} bits")
    febrl_tables()
    made_up()
