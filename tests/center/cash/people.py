"""Who works at the head office in these tests."""

from center.staff.people import Person
from vending.rights import Role

BOSS = Person(name="boss", role=Role.SUPERVISOR)
CLERK = Person(name="clerk", role=Role.OPERATOR)
