"""Splink on given pairs: its own comparisons, estimated without labels on the data themselves, as its documentation does it for such data."""

import logging

import pandas
import splink.comparison_library as compare
from splink import DuckDBAPI, Linker, SettingsCreator, block_on

logging.disable(logging.WARNING)


def weights(tables, pairs, address):
    """Weights (logarithms to base 2 of odds) of the pairs, by the pair. `tables` is one table of records or two to be linked; `address` the columns of
    the address and how each is compared."""
    numbered = {frozenset(pair): number for number, pair in enumerate(pairs)}
    own = {}
    for pair, number in numbered.items():
        for name in pair:
            own.setdefault(name, []).append(number)
    inputs = []
    for table in tables:
        table = table.replace("", None).rename_axis("unique_id").reset_index()
        # Exactly the pairs that are given: two records that hold the number of the same pair.
        table["pairs"] = [own.get(name, []) for name in table.unique_id]
        inputs.append(table)
    comparisons = [
        compare.ForenameSurnameComparison("given_name", "surname"),
        compare.DateOfBirthComparison("date_of_birth", input_is_string=True, datetime_format="%Y%m%d"),
        compare.DamerauLevenshteinAtThresholds("postcode", [1, 2]).configure(term_frequency_adjustments=True),
        *address,
    ]
    if "sex" in inputs[0].columns:
        comparisons.append(compare.ExactMatch("sex"))
    settings = SettingsCreator(
        link_type="dedupe_only" if len(inputs) == 1 else "link_only",
        comparisons=comparisons,
        blocking_rules_to_generate_predictions=[block_on("pairs", arrays_to_explode=["pairs"])],
        retain_matching_columns=False,
        max_iterations=100,
    )
    database = DuckDBAPI()
    registered = [database.register(table) for table in inputs]
    linker = Linker(registered if len(registered) > 1 else registered[0], settings)
    rules = [block_on("date_of_birth", "given_name"), block_on("surname", "date_of_birth"), block_on("given_name", "surname", "postcode")]
    linker.training.estimate_probability_two_random_records_match(rules, recall=0.8)
    linker.training.estimate_u_using_random_sampling(max_pairs=2e6, seed=1)
    for rule in [block_on("date_of_birth"), block_on("postcode"), block_on("given_name", "surname")]:
        linker.training.estimate_parameters_using_expectation_maximisation(rule)
    found = linker.inference.predict().as_pandas_dataframe()
    names = zip(found.unique_id_l, found.unique_id_r)
    return {frozenset(pair): weight for pair, weight in zip(names, found.match_weight)}


def febrl_table(records):
    return records[["given_name", "surname", "date_of_birth", "postcode", "street_number", "address_1", "address_2", "suburb"]]


FEBRL_ADDRESS = [
    compare.ExactMatch("street_number").configure(term_frequency_adjustments=True),
    compare.JaroWinklerAtThresholds("address_1", [0.95, 0.88, 0.7]),
    compare.JaroWinklerAtThresholds("address_2", [0.95, 0.88, 0.7]),
    compare.JaroWinklerAtThresholds("suburb", [0.95, 0.88]),
]
LINE_ADDRESS = [compare.JaroWinklerAtThresholds("address", [0.95, 0.88, 0.7])]


def line_table(said):
    table = pandas.DataFrame(said[["given_name", "postcode", "address", "sex"]])
    table["surname"], table["date_of_birth"] = said.family_name, said.date_of_birth.str.replace("-", "")
    return table
