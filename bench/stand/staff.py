"""Who works at the bench's machine: one of each role, all with the same PIN. All invented."""

from vending.staff import Role

STAFF = {
    Role.OPERATOR: "zhang.wei",
    Role.MAINTENANCE: "li.wei",
    Role.SUPERVISOR: "wang.min",
}
PIN = "271828"
