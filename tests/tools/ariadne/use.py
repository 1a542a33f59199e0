"""What a partner would write against the generated client."""

from think_family import Client
from think_family.families import Families


def names(page: Families) -> list[str]:
    nodes = page.families.nodes if page.families else []
    return [member.given_name or "" for family in nodes for member in family.members or []]


def ask(client: Client) -> list[str]:
    return names(client.families(first=20))
