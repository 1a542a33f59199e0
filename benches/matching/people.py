"""Made-up people of one authority, in households, and how others write them down.

Everybody is invented: names are common ones and composed ones put together at random, places and postcodes are on no map. The same seed gives the same people.
How often people err is our own guess, written below in ERRORS; nobody was observed for it.
"""

import csv
import datetime
import random
import string
import sys
from pathlib import Path

NICKNAMES = Path(__file__).resolve().parents[2] / "src/matching/nicknames.txt"

# How often a description differs from what is stored, field by field.
ERRORS = {
    "given_missing": 0.02, "given_nickname": 0.08, "given_slip": 0.05, "given_initial": 0.01, "given_other": 0.005, "given_middle": 0.04,
    "family_slip": 0.05, "family_sound": 0.02, "family_part": 0.4, "family_other": 0.015,
    "swapped": 0.01,
    "born_transposed": 0.012, "born_digit": 0.025, "born_year": 0.008, "born_other": 0.005, "born_missing": 0.0,
    "moved": 0.10, "moved_near": 0.04, "postcode_missing": 0.15, "postcode_slip": 0.03,
    "address_missing": 0.35, "address_slip": 0.08, "address_short": 0.3, "address_number": 0.01,
    "sex_missing": 0.2, "sex_other": 0.005,
}

FEMALE = """olivia amelia isla ava emily isabella mia poppy ella lily jessica sophie grace evie ruby chloe freya daisy phoebe alice charlotte lucy holly
hannah megan abigail katie rebecca lauren rachel laura sarah emma gemma kelly samantha nicola victoria danielle natalie stephanie jennifer michelle lisa
karen susan tracey sharon julie deborah amanda helen jacqueline patricia margaret elizabeth catherine christine angela linda carol aisha fatima zainab maryam
khadija ayesha amina sana nadia priya anjali simran jasleen agnieszka katarzyna zofia maja ewa chidinma ngozi adaeze abena shanice kezia niamh siobhan caitlin
eilidh carys rhiannon angharad leanne kayleigh jade paige demi courtney shannon tia ellie-mae lily-rose""".split()
MALE = """oliver george harry jack charlie noah jacob oscar thomas william james leo alfie henry joshua archie freddie edward alexander joseph samuel max
daniel lucas benjamin mason logan isaac ethan adam mohammed muhammad mohammad ali hassan hussein ibrahim yusuf omar bilal imran tariq usman arjun rohan
gurpreet harpreet jaspreet piotr jakub krzysztof tomasz marek chukwuemeka oluwaseun kwame kofi tyrone jermaine liam connor callum rhys dylan gareth owen
sean patrick declan kieran aidan ryan nathan luke matthew andrew david paul mark stephen christopher michael robert richard peter anthony kevin gary
darren lee wayne craig jason dean scott barry keith graham colin kenneth ronald terence brian alan jamie kyle jordan tyler reece bradley""".split()
COMMON = """smith jones taylor brown williams wilson johnson davies robinson wright thompson evans walker white roberts green hall wood jackson clarke khan patel
ahmed hussain ali begum singh kaur lewis harris clark cooper king lee martin morris james morgan allen edwards baker hill moore scott watson turner hughes
phillips parker mitchell carter murphy kelly o'brien o'connor ryan walsh murray macdonald mcdonald campbell stewart anderson reid ross kowalski nowak wisniewska
okafor adeyemi mensah osei nguyen chen wang rahman chowdhury miah uddin malik iqbal akhtar shah sharma kumar gill sandhu""".split()
HEADS = """ash beck black brad brain bran brom burn clif cold cran crow dal den dun east fair farn gar good green had ham hart hath hay heath hey high hol horn
kel kirk lang law leigh lind long lough mar mel mid mor nor oak old orm pad pen pick rad red row rush sand sel shaw sher stan stock sut thorn thwait tow
wake wal ward way wel west whit wil win wood wyn yar""".split()
TAILS = """bourne bridge brook burn bury by combe cott croft dale den don field ford gate ham hill hurst ington ley low man marsh mere more ridge
shaw side ston thorpe ton wall ward well wick wood worth""".split()
STREET_HEADS = """mill church station high park victoria green manor king queen york grange new albert chapel school west north south east springfield windsor alexandra
meadow orchard ash beech birch cedar chestnut elm hawthorn holly laburnum larch lime maple oak poplar rowan sycamore willow abbey bridge canal castle
common cross dale farm fern field ford garden glebe hall hazel heath hill ivy lake lark linden lodge market moor nursery priory quarry river rose spring""".split()
STREET_TAILS = ["street", "road", "lane", "avenue", "close", "drive", "crescent", "place", "court", "gardens", "way", "terrace"]
TOWNS = ["aldermoor", "brackenford", "colnbury", "dunmere", "elmstow", "fairwick", "glenham", "hazelcote"]


def nicknames():
    """Each formal name with its short forms."""
    lines = [line.split() for line in NICKNAMES.read_text().splitlines() if line and not line.startswith("#")]
    return {line[0]: line[1:] for line in lines}


class World:
    """An authority: streets with postcodes, households, people."""

    def __init__(self, seed, families):
        self.random = random.Random(seed)
        self.short = nicknames()
        draw = self.random
        self.families = COMMON + sorted({head + tail for head in HEADS for tail in TAILS if draw.random() < 0.35})
        self.family_weights = [1 / (rank + 6) ** 0.85 for rank in range(len(self.families))]
        self.streets = []
        for at in range(max(40, families // 6)):
            town = draw.choice(TOWNS)
            postcode = f"ZX{1 + TOWNS.index(town)} {draw.randint(1, 6)}" + "".join(draw.choices("ABDEFGHJLNPQRSTUWXYZ", k=2))
            self.streets.append((f"{draw.choice(STREET_HEADS)} {draw.choice(STREET_TAILS)}", town, postcode))
        self.number = 0
        self.people = []
        for family in range(families):
            self.household(family)

    def given(self, sex):
        names = FEMALE if sex == "female" else MALE
        return self.random.choices(names, [1 / (rank + 8) ** 0.6 for rank in range(len(names))])[0]

    def family(self):
        name = self.random.choices(self.families, self.family_weights)[0]
        if self.random.random() < 0.05:
            name += "-" + self.random.choices(self.families, self.family_weights)[0]
        return name

    def address(self):
        street, town, postcode = self.random.choice(self.streets)
        number = self.random.randint(1, 120)
        flat = f"flat {self.random.randint(1, 24)}, " if self.random.random() < 0.12 else ""
        return f"{flat}{number} {street}, {town}", postcode

    def person(self, family, name, sex, born, home, given=None):
        self.number += 1
        given = given or self.given(sex)
        if self.random.random() < 0.1:
            given += " " + self.given(sex)
        person = {"id": f"p{self.number}", "household": family, "given_name": given, "family_name": name, "date_of_birth": born, "sex": sex,
                  "address": home[0], "postcode": home[1]}
        self.people.append(person)
        return person

    def day(self, first, last):
        begin = datetime.date(first, 1, 1).toordinal()
        return datetime.date.fromordinal(self.random.randint(begin, datetime.date(last, 12, 31).toordinal()))

    def household(self, family):
        draw, home, name = self.random, self.address(), self.family()
        father = None
        for sex in ["female"] + (["male"] if draw.random() < 0.55 else []):
            own = name if draw.random() < 0.7 else self.family()
            adult = self.person(family, own, sex, self.day(1962, 1998), home)
            father = adult if sex == "male" else father
        children = draw.choices([1, 2, 3, 4, 5, 6], [3, 5, 4, 2, 1, 0.5])[0]
        born = None
        for _ in range(children):
            # Twins now and then.
            born = born if born and draw.random() < 0.03 else self.day(1999, 2018)
            sex = draw.choice(["female", "male"])
            named_after = father and sex == "male" and draw.random() < 0.03
            self.person(family, name if draw.random() < 0.85 else self.family(), sex, born, home, father["given_name"] if named_after else None)

    # How others write somebody down.

    def slip(self, text):
        at = self.random.randrange(len(text))
        kind = self.random.random()
        letter = self.random.choice(string.ascii_lowercase)
        if kind < 0.3:
            return text[:at] + letter + text[at + 1:]
        if kind < 0.55:
            return text[:at] + letter + text[at:]
        if kind < 0.8 and len(text) > 2:
            return text[:at] + text[at + 1:]
        return text[:at] + text[at + 1:at + 2] + text[at] + text[at + 2:] if at + 1 < len(text) else text + letter

    def sound(self, text):
        for old, new in [("ph", "f"), ("ck", "k"), ("ey", "y"), ("ie", "y"), ("ee", "ea"), ("i", "y"), ("c", "k"), ("ll", "l"), ("tt", "t"), ("s", "z")]:
            if old in text:
                return text.replace(old, new, 1)
        return text + "e"

    def digit(self, born):
        for _ in range(20):
            digits = list(born.strftime("%Y%m%d"))
            digits[self.random.randrange(2, 8)] = self.random.choice(string.digits)
            try:
                changed = datetime.datetime.strptime("".join(digits), "%Y%m%d").date()
            except ValueError:
                continue
            if changed != born:
                return changed
        return born

    def asked(self, person):
        """What somebody else says of a person."""
        chance = lambda name: self.random.random() < ERRORS[name]
        said = dict(person)
        first, *middle = said["given_name"].split()
        if middle and not chance("given_middle") or chance("given_middle"):
            said["given_name"] = first
        forms = self.short.get(first, [])
        if forms and chance("given_nickname"):
            said["given_name"] = self.random.choice(forms)
        if chance("given_slip"):
            said["given_name"] = self.slip(said["given_name"])
        if chance("given_initial"):
            said["given_name"] = said["given_name"][:1]
        if chance("given_other"):
            said["given_name"] = self.given(said["sex"])
        if chance("given_missing"):
            said["given_name"] = ""
        if "-" in said["family_name"] and chance("family_part"):
            said["family_name"] = self.random.choice(said["family_name"].split("-"))
        if chance("family_slip"):
            said["family_name"] = self.slip(said["family_name"])
        if chance("family_sound"):
            said["family_name"] = self.sound(said["family_name"])
        if chance("family_other"):
            said["family_name"] = self.family()
        if said["given_name"] and chance("swapped"):
            said["given_name"], said["family_name"] = said["family_name"], said["given_name"]
        born = said["date_of_birth"]
        if chance("born_transposed") and born.day <= 12:
            born = born.replace(month=born.day, day=born.month)
        if chance("born_digit"):
            born = self.digit(born)
        if chance("born_year") and (born.month, born.day) != (2, 29):
            born = born.replace(year=born.year + self.random.choice([-1, 1]))
        if chance("born_other"):
            born = self.day(1962, 2018)
        said["date_of_birth"] = "" if chance("born_missing") else born
        if chance("moved"):
            said["address"], said["postcode"] = self.address()
        elif chance("moved_near"):
            near = [street for street in self.streets if street[2][:5] == said["postcode"][:5]]
            street, town, said["postcode"] = self.random.choice(near)
            said["address"] = f"{self.random.randint(1, 120)} {street}, {town}"
        if chance("postcode_slip"):
            said["postcode"] = self.slip(said["postcode"]).upper()
        if chance("postcode_missing"):
            said["postcode"] = ""
        if chance("address_slip"):
            said["address"] = self.slip(said["address"])
        if chance("address_short"):
            said["address"] = said["address"].rsplit(",", 1)[0].replace("street", "st").replace("road", "rd").replace("avenue", "ave")
        if chance("address_number"):
            said["address"] = f"{self.random.randint(1, 120)} {said['address'].split(' ', 1)[-1]}"
        if chance("address_missing"):
            said["address"] = ""
        if chance("sex_other"):
            said["sex"] = "male" if said["sex"] == "female" else "female"
        if chance("sex_missing"):
            said["sex"] = ""
        return said

    def question(self, number):
        """Somebody stored, as others write them; or somebody who is not. Gives the description and the stored person's id, if there is one."""
        kind = self.random.random()
        person = self.random.choice(self.people)
        if kind < 0.5:
            said, stored = self.asked(person), person["id"]
        else:
            said, stored = self.asked(self.nobody(person)), ""
        return {**said, "id": f"q{number}"}, stored

    def nobody(self, near):
        """Somebody who is not stored: a stranger, a relative at a stored person's home, or somebody of a stored person's name."""
        kind, sex = self.random.random(), self.random.choice(["female", "male"])
        other = {**near, "sex": sex, "given_name": self.given(sex), "date_of_birth": self.day(1962, 2018)}
        if kind < 0.2:
            return other
        home = self.address()
        other.update(address=home[0], postcode=home[1])
        if kind < 0.4:
            return {**other, "given_name": near["given_name"], "sex": near["sex"]}
        return {**other, "family_name": self.family()}


COLUMNS = ["id", "given_name", "family_name", "date_of_birth", "postcode", "address", "sex"]


def write(folder, name, seed, families=3000, questions=10000):
    """Writes those who are stored, those who are asked about, and who is who."""
    world = World(seed, families)
    asked = [world.question(number) for number in range(questions)]
    files = [("stored", COLUMNS, world.people), ("asked", COLUMNS, [said for said, _ in asked]),
             ("truth", ["asked", "stored"], [{"asked": said["id"], "stored": stored} for said, stored in asked])]
    for kind, columns, rows in files:
        with open(Path(folder) / f"{name}-{kind}.csv", "w", newline="") as file:
            writer = csv.DictWriter(file, columns, extrasaction="ignore")
            writer.writeheader()
            writer.writerows(rows)


if __name__ == "__main__":
    write(sys.argv[1], sys.argv[2], int(sys.argv[3]))
