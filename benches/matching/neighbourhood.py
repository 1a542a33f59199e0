"""Households of a made-up town, and the questions that five services ask about them: a second set, unlike `people.py` in its names, its homes and its ways of erring.

Nothing was estimated or settled on it but the two rules that it is for: somebody whose given name nobody knows, and somebody whose birthday is wholly another, with all else
the same and nobody else of the home near. It has what tempts a matcher to say the wrong name: twins (one of whom may be no member of the family as it is recorded), fathers and sons of one name,
cousins of one name and age, strangers next door, people of one name and birthday across the town. Everybody is invented; the postcodes are on no map.

    python3 neighbourhood.py FOLDER NAME SEED       writes NAME-stored.csv, NAME-asked.csv and NAME-truth.csv
    python3 neighbourhood.py count FOLDER NAME      what the answers in NAME-answers.csv are worth
"""

import collections
import csv
import datetime
import pathlib
import sys
from dataclasses import dataclass, replace
from random import Random

# Each with a share of the town; their given names by sex, and family names. Frequent names first.
PEOPLES = {
    "english": (62, "Harriet Eleanor Florence Matilda Martha Beatrice Imogen Rosie Edith Ivy Maisie Willow Elsie Robyn Penelope Zara Lottie Tabitha Georgia Harper Tilly Louisa Clara Esme Orla Nancy Annabel Felicity Lydia Cecily "
                "Sarah Emma Claire Joanne Louise Donna Lorraine Debra Paula Heather Gillian Sheila Maureen Dawn Wendy Tina Yvonne Beverley Marie Anita".split(),
                "Arthur Theodore Hugo Rupert Felix Albert Stanley Frederick Reuben Jude Louie Ralph Toby Harvey Elliot Rowan Barnaby Caleb Ezra Otis Gabriel Sebastian Dominic Austin Kit Jasper Lewis Rory Monty Dexter "
                "Stuart Simon Adrian Trevor Nigel Clive Martin Philip Neil Roger Derek Raymond Dennis Geoffrey Leonard Malcolm Gerald Duncan Glenn Russell".split(),
                "Bennett Fletcher Pritchard Holloway Barker Nicholls Chapman Doyle Hewitt Lawson Marsden Norris Pearce Quick Rudd Sherwood Tranter Unwin Varley Whittaker Yates Ainscough Bickerstaffe Crabtree Duckworth Entwistle "
                "Farnworth Greenhalgh Haworth Iddon Jepson Kershaw Leyland Molyneux Nuttall Ormerod Pilkington Ramsbottom Sutcliffe Tattersall Smith Jones Brown Taylor Wilson Evans Thomas Roberts Walker Green Hall Wood Harris Cooper Ward Turner Hill Moore Clark Baker".split()),
    "polish": (9, "Katarzyna Malgorzata Agnieszka Joanna Barbara Ewa Aleksandra Zuzanna Julia Natalia Wiktoria Hanna Maja Magdalena Monika Beata Dorota Karolina".split(),
               "Tomasz Jakub Piotr Krzysztof Andrzej Marcin Michal Pawel Grzegorz Lukasz Kacper Antoni Szymon Wojciech Mateusz Adam Stanislaw Filip".split(),
               "Kowalczyk Wojcik Lewandowski Dabrowski Zielinski Szymanski Wozniak Kozlowski Jankowski Mazur Krawczyk Piotrowski Grabowski Pawlak Michalski Krol Wieczorek Wrobel Stepien Gorski".split()),
    "bengali": (9, "Fatema Nasrin Rahima Shirin Taslima Rukhsana Sultana Ayesha Tahmina Farzana Nazma Salma Jannat Sadia Hasina".split(),
                "Mohammed Abdul Rafiq Shahid Kamrul Nurul Jamal Faruk Habib Anwar Shafiq Ruhul Tanvir Imran Saiful".split(),
                "Begum Khatun Ahmed Ali Miah Uddin Hussain Chowdhury Rahman Islam Khan Choudhury Hoque Alam Haque".split()),
    "romanian": (6, "Andreea Elena Ioana Mihaela Cristina Alexandra Gabriela Roxana Simona Adina Larisa Bianca Daniela".split(),
                 "Andrei Alexandru Mihai Ionut Stefan Cristian Florin Vasile Gheorghe Constantin Marius Razvan Bogdan Cosmin".split(),
                 "Popa Popescu Radu Dumitru Stan Stoica Gheorghiu Matei Ciobanu Rusu Munteanu Serban Lungu Dinu".split()),
    "punjabi": (7, "Harjinder Kuldeep Manjit Paramjit Amarjit Rupinder Navdeep Simrat Gurleen Kiran Ravinder".split(),
                "Balwinder Sukhdev Jagdeep Ranjit Tejinder Amrit Hardeep Kulwant Mandeep Gurdev Parminder".split(),
                "Singh Kaur Gill Dhillon Sidhu Grewal Bains Sandhu Dhaliwal Mann".split()),
    "west african": (7, "Folake Adaobi Chiamaka Yetunde Ama Efua Akosua Blessing Comfort Patience Grace Mercy Funmilayo".split(),
                     "Emeka Tunde Segun Kwabena Yaw Kojo Chinedu Obinna Babatunde Samuel Emmanuel Godwin Sunday".split(),
                     "Adebayo Okonkwo Boateng Owusu Asante Eze Nwosu Ogunleye Appiah Afolabi Balogun Danso Agyeman".split()),
}
# A town has more family names than anybody could list.
RARE = [head + tail for head in "Ake Bos Cart Dray Ell Far Gar Hol Kim Lam Mar Nes Pet Ros Sal Tur Ulf Wen Yar Zin".split() for tail in "sby thwaite mond ridge stead wald ster nall grave gold".split()]
# Names at home that no list knows, and such as stand for the name that somebody was given.
HOUSE_NAMES = "Bubbles Tank Pixie Jojo Sonny Dutch Tinks Squeak Bunny Peanut Spud Minnie Boo Gigi Dodge Coco Nipper Duchess Ziggy Moose Tiggy Kiki Babs Scooter".split()
SHORT = {"Katarzyna": "Kasia", "Malgorzata": "Gosia", "Aleksandra": "Ola", "Barbara": "Basia", "Zuzanna": "Zuzia", "Magdalena": "Magda", "Tomasz": "Tomek", "Jakub": "Kuba", "Krzysztof": "Krzysiek", "Piotr": "Piotrek",
         "Andrzej": "Andrzejek", "Pawel": "Pawelek", "Grzegorz": "Grzesiek", "Lukasz": "Lukaszek", "Harriet": "Hattie", "Eleanor": "Ellie", "Florence": "Flo", "Matilda": "Tilly", "Beatrice": "Bea", "Arthur": "Art", "Theodore": "Theo",
         "Frederick": "Freddie", "Albert": "Bertie", "Leonard": "Len", "Geoffrey": "Geoff", "Raymond": "Ray", "Gabriel": "Gabe", "Joanne": "Jo", "Gillian": "Gill", "Paula": "Polly", "Penelope": "Penny", "Alexandru": "Alex", "Stefan": "Fane",
         "Mihai": "Misu", "Gheorghe": "Gigi", "Constantin": "Costel", "Mohammed": "Md", "Emmanuel": "Emma", "Samuel": "Sam", "Philip": "Phil", "Martin": "Marty", "Simon": "Si", "Sebastian": "Seb", "Dominic": "Dom"}
ROADS = [a + " " + b for a in "Acacia Banbury Chaucer Denholm Elgar Furnace Gosling Hampden Inkerman Juniper Keats Lancaster Milton Nelson Osborne Priestley Quarry Ruskin Stanhope Tennyson Unity Vernon Wesley Zetland".split() for b in ("Road", "Street", "Avenue", "Close", "Terrace")]
QUARTERS = ["Netherfield", "Overbeck", "Wharfside", "Scarcliffe"]
LETTERS = "ABDEFGHJLNPQRSTUWXYZ"


@dataclass(frozen=True)
class Human:
    given: str
    family: str
    born: datetime.date
    sex: str
    line: str
    town: str
    code: str
    home: int = -1
    key: str = ""

    def row(self, key):
        return {"id": key, "given_name": self.given, "family_name": self.family, "date_of_birth": self.born or "", "postcode": self.code, "address": ", ".join(part for part in (self.line, self.town) if part), "sex": self.sex}


class Town:
    def __init__(self, seed, humans=6000):
        self.dice = Random(f"town {seed}")
        self.humans, self.unrecorded, self.taken = [], [], set()
        self.roads = []
        for number, road in enumerate(ROADS):
            quarter = number % len(QUARTERS)
            self.roads.append((road, QUARTERS[quarter], [f"YO{81 + quarter} {self.dice.randint(1, 9)}{self.dice.choice(LETTERS)}{self.dice.choice(LETTERS)}" for _ in range(4)]))
        while len(self.humans) < humans:
            self.settle()

    def pick(self, names):
        """Earlier names are more frequent."""
        at = min(int(self.dice.expovariate(1.0) * len(names) / 3), len(names) - 1)
        return names[at]

    def surname(self, kind):
        return self.dice.choice(RARE) if kind == "english" and self.dice.random() < 0.5 else self.pick(PEOPLES[kind][3])

    def day(self, oldest, youngest):
        """Somebody's birthday who is so old on 1 November 2026."""
        last = datetime.date(2026, 11, 1)
        return last - datetime.timedelta(days=self.dice.randint(youngest * 365 + 5, oldest * 365))

    def place(self):
        road, quarter, codes = self.dice.choice(self.roads)
        while True:
            number = self.dice.randint(1, 98)
            if (road, number) not in self.taken or self.dice.random() < 0.1:
                self.taken.add((road, number))
                return f"{number} {road}", quarter, codes[number % 4]

    def settle(self):
        dice = self.dice
        kind = dice.choices(list(PEOPLES), [share for share, *_ in PEOPLES.values()])[0]
        _, women, men, _ = PEOPLES[kind]
        name, home = self.surname(kind), self.place()
        if kind == "english" and dice.random() < 0.06:
            name += "-" + self.surname(kind)
        number = len(self.humans)
        used, members = set(), []

        def enter(sex, born, family, given=None, recorded=True):
            names = women if sex == "female" else men
            while given is None or given in used and given != father_of.get("given"):
                given = self.pick(names)
            used.add(given)
            if dice.random() < 0.25:
                given += " " + self.pick(names)
            who = Human(given, family, born, sex, *home, home=number)
            if recorded:
                who = replace(who, key=f"h{len(self.humans)}")
                self.humans.append(who)
                members.append(who)
            else:
                self.unrecorded.append(who)
            return who

        father_of = {}
        mother = enter("female", self.day(52, 19), name)
        if dice.random() < 0.6:
            partner = enter("male", self.day(58, 19), name if dice.random() < 0.65 else self.surname(kind))
            father_of["given"] = partner.given.split()[0]
        if dice.random() < 0.08:
            enter(dice.choice(["female", "male"]), self.day(88, 60), name)
        children = dice.choices([1, 2, 3, 4, 5], [28, 36, 20, 10, 6])[0]
        oldest = min(17, max(0, (datetime.date(2026, 11, 1) - mother.born).days // 365 - 17))
        for _ in range(children):
            born, sex = self.day(oldest + 1, 0), dice.choice(["female", "male"])
            named = father_of.get("given") if sex == "male" and dice.random() < 0.02 else None
            child = enter(sex, born, name if dice.random() < 0.85 else self.surname(kind), named)
            if dice.random() < 0.016:
                # Of one pair of twins in fifty one was never entered.
                enter(sex if dice.random() < 0.6 else dice.choice(["female", "male"]), born, child.family, recorded=dice.random() < 0.98)
        if dice.random() < 0.04:
            # Somebody at the same address who is no member: a lodger, an uncle.
            enter(dice.choice(["female", "male"]), self.day(60, 18), name if dice.random() < 0.5 else self.surname(kind), recorded=False)

    # What services write down.

    def typo(self, text):
        at, dice = self.dice.randrange(len(text)), self.dice
        near = {"a": "sq", "e": "wr", "i": "uo", "o": "ip", "n": "bm", "s": "ad", "t": "ry", "l": "k", "h": "gj", "r": "et", "d": "sf"}
        return dice.choice([text[:at] + dice.choice(near.get(text[at].lower(), "e")) + text[at + 1:], text[:at] + text[at] + text[at:], text[:at] + text[at + 1:] or text,
                            text[:at] + text[at + 1:at + 2] + text[at] + text[at + 2:]])

    def ask(self, who):
        """One question about somebody, with what such a service tends to get wrong."""
        dice, hit = self.dice, lambda share: self.dice.random() < share
        said = replace(who)
        first = who.given.split()[0]
        if hit(0.85):
            said = replace(said, given=first)
        fate = dice.random()
        if fate < 0.025:
            said = replace(said, given=dice.choice(HOUSE_NAMES))
        elif fate < 0.085 and first in SHORT:
            said = replace(said, given=SHORT[first])
        elif fate < 0.10:
            said = replace(said, given="")
        elif fate < 0.11:
            said = replace(said, given=first[0])
        elif fate < 0.15:
            said = replace(said, given=self.typo(said.given))
        if hit(0.01) and said.given:
            said = replace(said, given=said.family, family=said.given)
        elif "-" in said.family and hit(0.4):
            said = replace(said, family=dice.choice(said.family.split("-")))
        elif hit(0.045):
            said = replace(said, family=self.typo(said.family))
        elif hit(0.012) and who.sex == "female":
            said = replace(said, family=self.pick(PEOPLES["english"][3]))
        fate, born = dice.random(), who.born
        if fate < 0.015:
            born = self.day(70, 0)
        elif fate < 0.03 and born.day < 13:
            born = born.replace(month=born.day, day=born.month)
        elif fate < 0.045:
            born += datetime.timedelta(days=dice.choice([-10, -1, 1, 10]))
        elif fate < 0.055 and (born.month, born.day) != (2, 29):
            born = born.replace(year=born.year + dice.choice([-1, 1]))
        said = replace(said, born=born)
        fate = dice.random()
        if fate < 0.05:
            line, town, code = self.place()
            said = replace(said, line=line, town=town, code=code)
        elif fate < 0.10:
            said = replace(said, code=self.typo(said.code).upper())
        fate = dice.random()
        if fate < 0.20:
            said = replace(said, line="", town="")
        elif fate < 0.45:
            said = replace(said, town="")
        elif fate < 0.5:
            said = replace(said, line="Flat 2, " + said.line)
        if hit(0.08):
            said = replace(said, code="")
        if hit(0.12):
            said = replace(said, sex="")
        if hit(0.3):
            said = replace(said, given=said.given.upper(), family=said.family.upper())
        return said

    def stranger(self):
        """Somebody who is not recorded, most often because they live elsewhere or are nobody's business."""
        dice, near = self.dice, self.dice.choice(self.humans)
        kind = dice.choices(list(PEOPLES), [share for share, *_ in PEOPLES.values()])[0]
        _, women, men, _ = PEOPLES[kind]
        sex = dice.choice(["female", "male"])
        line, town, code = self.place()
        plain = Human(self.pick(women if sex == "female" else men), self.surname(kind), self.day(80, 0), sex, line, town, code)
        fate = dice.random()
        if fate < 0.01 and self.unrecorded:
            return dice.choice(self.unrecorded)
        if fate < 0.20:
            # Next door, in the same unit of the postcode.
            number, road = near.line.split(" ", 1)
            beside = replace(plain, line=f"{max(1, int(number) + dice.choice([-4, 4]))} {road}", town=near.town, code=near.code)
            return replace(beside, family=near.family) if dice.random() < 0.15 else beside
        if fate < 0.40:
            return replace(plain, given=near.given, family=near.family, sex=near.sex)
        if fate < 0.45:
            # A cousin: the same name, about the same age, the same quarter.
            return replace(plain, given=near.given, family=near.family, sex=near.sex, born=near.born + datetime.timedelta(days=dice.randint(40, 900)), town=near.town)
        if fate < 0.50:
            return replace(plain, born=near.born, sex=near.sex)
        return plain


def write(folder, name, seed, questions=4300):
    town = Town(seed)
    rows, truth = [], []
    for number in range(questions):
        about = town.dice.choice(town.humans) if town.dice.random() < 0.5 else town.stranger()
        rows.append(town.ask(about).row(f"a{number}"))
        truth.append({"asked": f"a{number}", "stored": about.key})
    stored = [who.row(who.key) for who in town.humans]
    for kind, table in (("stored", stored), ("asked", rows), ("truth", truth)):
        with open(pathlib.Path(folder) / f"{name}-{kind}.csv", "w", newline="") as file:
            writer = csv.DictWriter(file, list(table[0]))
            writer.writeheader()
            writer.writerows(table)


def count(folder, name):
    """How many answers were what, and what that is worth."""
    read = lambda kind: list(csv.DictReader(open(pathlib.Path(folder) / f"{name}-{kind}.csv", newline="")))
    who = {row["asked"]: row["stored"] for row in read("truth")}
    told = collections.Counter()
    for row in read("answers"):
        stored, right = bool(who[row["asked"]]), row["stored"] == who[row["asked"]]
        told[stored, row["answer"] if row["answer"] != "matched" or right else "wrong"] += 1
    asked = sum(number for (stored, _), number in told.items() if stored)
    found, wrong = told[True, "matched"], told[True, "wrong"] + told[False, "wrong"]
    return told, found / asked, found / max(1, found + wrong), wrong


if __name__ == "__main__":
    if sys.argv[1] == "count":
        told, recall, precision, wrong = count(*sys.argv[2:4])
        print(f"recall {recall:.4f}, precision {precision:.5f}, {wrong} wrong", dict(sorted(told.items())))
    else:
        write(sys.argv[1], sys.argv[2], int(sys.argv[3]))
