"""A small police records system that works with Think Family.

It shows what a partner's own system has to do: look people up, keep its markers in step, and tell the Lead Professional of contacts; and how to do
that so that nothing is lost or done twice when this program, the server or the network stops in between. Everyone in it is made up.
"""

import argparse
import asyncio
import csv
import json
import os
import random
import sqlite3
import sys
import uuid
from datetime import datetime, timezone

from gql import Client, gql
from gql.transport.aiohttp import AIOHTTPTransport
from gql.transport.aiohttp_websockets import AIOHTTPWebsocketsTransport
from gql.transport.exceptions import TransportError, TransportQueryError

MARKER = "id onCohortSince onePlan whatToDo leadProfessional { name phone email team }"
LOOK_UP = gql("query LookUp($inputs: [MarkerLookupInput!]!) { markerLookups(inputs: $inputs) { status marker { %s } errors { field message } } }" % MARKER)
CHANGES = gql("query Changes($after: String) { markerChanges(after: $after, first: 500) { nodes { kind markerId marker { %s } } pageInfo { endCursor hasNextPage } } }" % MARKER)
CHANGED = gql("subscription Changed($after: String) { markerChanged(after: $after) { cursor kind markerId marker { %s } } }" % MARKER)
PLACED = gql("mutation Placed($input: RecordMarkerPlacedInput!) { recordMarkerPlaced(input: $input) { errors { code field message } } }")
CONTACT = gql("mutation Contact($input: RecordContactInput!) { recordContact(input: $input) { contact { id } errors { code field message } } }")

TABLES = """
CREATE TABLE IF NOT EXISTS person (reference TEXT PRIMARY KEY, given_name TEXT, family_name TEXT, date_of_birth TEXT, postcode TEXT, status TEXT, marker TEXT);
CREATE TABLE IF NOT EXISTS marker (id TEXT PRIMARY KEY, content TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS place (one INTEGER PRIMARY KEY CHECK (one = 1), cursor TEXT);
CREATE TABLE IF NOT EXISTS contact (key TEXT PRIMARY KEY, input TEXT NOT NULL, outcome TEXT);
"""


class Records:
    """The system's own table of people, markers and contacts. Each change and the place in the feed are kept in one transaction."""

    def __init__(self, file):
        self.db = sqlite3.connect(file)
        self.db.executescript(TABLES)

    def found(self, person, answer):
        marker = answer["marker"]
        with self.db:
            if marker:
                self.put(marker)
            self.db.execute(
                "INSERT OR REPLACE INTO person VALUES (?, ?, ?, ?, ?, ?, ?)",
                (*person, answer["status"], marker and marker["id"]),
            )

    def put(self, marker):
        self.db.execute("INSERT OR REPLACE INTO marker VALUES (?, ?)", (marker["id"], json.dumps(marker)))

    def apply(self, changes, cursor):
        """Takes over changes. To be told of one twice does no harm."""
        with self.db:
            for change in changes:
                if change["marker"]:
                    self.put(change["marker"])
                else:
                    self.db.execute("DELETE FROM marker WHERE id = ?", (change["markerId"],))
                    self.db.execute("UPDATE person SET marker = NULL, status = 'NOT_FOUND' WHERE marker = ?", (change["markerId"],))
            self.db.execute("INSERT OR REPLACE INTO place VALUES (1, ?)", (cursor,))

    def cursor(self):
        row = self.db.execute("SELECT cursor FROM place").fetchone()
        return row and row[0]

    def marker_of(self, reference):
        row = self.db.execute("SELECT marker FROM person WHERE reference = ?", (reference,)).fetchone()
        return row and row[0]

    def remember_contact(self, contact):
        """Kept before it is sent, under a key of our own: sent again after a failure, it is still recorded once."""
        key = str(uuid.uuid4())
        with self.db:
            self.db.execute("INSERT INTO contact VALUES (?, ?, NULL)", (key, json.dumps(contact | {"idempotencyKey": key})))

    def contacts_to_send(self):
        return self.db.execute("SELECT key, input FROM contact WHERE outcome IS NULL").fetchall()

    def contact_sent(self, key, outcome):
        with self.db:
            self.db.execute("UPDATE contact SET outcome = ? WHERE key = ?", (outcome, key))

    def show(self):
        for reference, given, family, status, marker in self.db.execute(
            "SELECT reference, given_name, family_name, status, content FROM person LEFT JOIN marker ON marker.id = person.marker ORDER BY reference"
        ):
            lead = (json.loads(marker)["leadProfessional"] or {}) if marker else {}
            print(f"{reference}  {given} {family}  {status}  {lead.get('name') or ''} {lead.get('phone') or ''}".rstrip())
        count = self.db.execute("SELECT count(*) FROM marker").fetchone()[0]
        print(f"{count} markers")


def headers():
    """A real system gets a token from its own identity provider; here it is handed in."""
    token = os.environ.get("THINKFAMILY_TOKEN")
    if not token:
        sys.exit("set THINKFAMILY_TOKEN to a token of the role marker_lookup")
    return {"Authorization": f"Bearer {token}"}


def server():
    return os.environ.get("THINKFAMILY_SERVER", "http://127.0.0.1:8080")


async def ask(document, variables):
    """Asks, and asks again after a while when the server or the network is away. What the server refuses is not tried again."""
    wait = 0.2
    while True:
        try:
            transport = AIOHTTPTransport(url=server() + "/graphql", headers=headers(), timeout=30)
            async with Client(transport=transport) as session:
                document.variable_values = variables
                return await session.execute(document)
        except TransportQueryError as refused:
            code = (refused.errors or [{}])[0].get("extensions", {}).get("code")
            if code not in ("UNAVAILABLE", "CONFLICT"):
                raise
        except (TransportError, OSError, asyncio.TimeoutError):
            pass
        await asyncio.sleep(wait * random.uniform(0.5, 1.5))
        wait = min(wait * 2, 10)


def question(reference, given, family, birth, postcode):
    """What is known of a person; what is not known is left out."""
    known = {"givenName": given, "familyName": family, "dateOfBirth": birth, "postcode": postcode}
    return {name: value for name, value in known.items() if value} | {"identifiers": [{"system": "POLICE_REFERENCE", "value": reference}]}


async def look_up(records, people):
    for start in range(0, len(people), 500):
        batch = people[start : start + 500]
        inputs = [question(*person) for person in batch]
        answers = (await ask(LOOK_UP, {"inputs": inputs}))["markerLookups"]
        for person, answer in zip(batch, answers, strict=True):
            for error in answer["errors"] or []:
                print(f"{person[0]}: {error['field']}: {error['message']}", file=sys.stderr)
            had = records.marker_of(person[0])
            records.found(person, answer)
            if answer["marker"] and not had:
                placed = {"markerId": answer["marker"]["id"], "system": "NICHE", "placedOn": datetime.now(timezone.utc).date().isoformat()}
                for error in (await ask(PLACED, {"input": placed}))["recordMarkerPlaced"]["errors"] or []:
                    if error["code"] != "ALREADY_DONE":
                        print(f"{person[0]}: {error['message']}", file=sys.stderr)


def say(change):
    print(change["kind"], change["markerId"], flush=True)


async def synchronise(records, tell=lambda change: None):
    """Reads the feed from where it was left to its end."""
    while True:
        page = (await ask(CHANGES, {"after": records.cursor()}))["markerChanges"]
        records.apply(page["nodes"], page["pageInfo"]["endCursor"])
        for change in page["nodes"]:
            tell(change)
        if not page["pageInfo"]["hasNextPage"]:
            return


async def follow(records):
    """The same, and then live for ever: after every interruption from where it was left."""
    wait = 0.2
    while True:
        await synchronise(records, say)
        print("following", flush=True)
        try:
            url = server().replace("http", "ws", 1) + "/graphql"
            transport = AIOHTTPWebsocketsTransport(url=url, headers=headers(), subprotocols=["graphql-transport-ws"])
            async with Client(transport=transport) as session:
                CHANGED.variable_values = {"after": records.cursor()}
                async for event in session.subscribe(CHANGED):
                    change = event["markerChanged"]
                    records.apply([change], change["cursor"])
                    say(change)
                    wait = 0.2
        except (TransportError, OSError, asyncio.TimeoutError) as away:
            print(f"interrupted: {type(away).__name__}", file=sys.stderr, flush=True)
        await asyncio.sleep(wait * random.uniform(0.5, 1.5))
        wait = min(wait * 2, 10)


async def send_contacts(records):
    for key, contact in records.contacts_to_send():
        payload = (await ask(CONTACT, {"input": json.loads(contact)}))["recordContact"]
        outcome = "; ".join(error["message"] for error in payload["errors"] or []) or "told"
        records.contact_sent(key, outcome)
        print(f"contact {outcome}")


async def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--records", default="police.db", help="the file of the system's own records")
    commands = parser.add_subparsers(dest="command", required=True)
    commands.add_parser("look-up", help="look up everybody of a CSV file: police reference, given name, family name, date of birth, postcode").add_argument("file")
    commands.add_parser("sync", help="read the feed to its end")
    commands.add_parser("follow", help="read the feed, and stay")
    contact = commands.add_parser("contact", help="tell the Lead Professional of a contact with someone who has a marker")
    contact.add_argument("reference")
    contact.add_argument("--kind", default="INCIDENT")
    contact.add_argument("--urgency", default="SOON")
    contact.add_argument("--note")
    contact.add_argument("--about", default="CRITERION_CRIME", help="the data category of what the note says")
    commands.add_parser("show", help="what is in the records")
    arguments = parser.parse_args()
    records = Records(arguments.records)
    # What could not be sent last time goes first.
    if arguments.command in ("look-up", "sync", "contact"):
        await send_contacts(records)
    if arguments.command == "look-up":
        with open(arguments.file, newline="", encoding="utf-8") as file:
            await look_up(records, [tuple(line[:5]) for line in csv.reader(file) if line and not line[0].startswith("#")])
        records.show()
    elif arguments.command == "sync":
        await synchronise(records)
        records.show()
    elif arguments.command == "follow":
        await follow(records)
    elif arguments.command == "contact":
        marker = records.marker_of(arguments.reference)
        if not marker:
            sys.exit("this person has no marker")
        happened = {"markerId": marker, "kind": arguments.kind, "urgency": arguments.urgency, "occurredAt": datetime.now(timezone.utc).isoformat()}
        if arguments.note:
            happened["note"] = {"text": arguments.note, "category": arguments.about}
        records.remember_contact(happened)
        await send_contacts(records)
    else:
        records.show()


if __name__ == "__main__":
    try:
        asyncio.run(main())
    except KeyboardInterrupt:
        pass
