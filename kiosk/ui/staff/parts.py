"""Which parts the staff's page has. A new one is a line here and its views in
`kiosk.ui.pages.staff.views`.
"""

from kiosk.ui.staff.cash import Cash
from kiosk.ui.staff.devices import Devices
from kiosk.ui.staff.home import Home
from kiosk.ui.staff.machine_room import MachineRoom
from kiosk.ui.staff.orders import Orders
from kiosk.ui.staff.sign_in import SignIn
from kiosk.ui.staff.visit import Part

PARTS: tuple[type[Part], ...] = (SignIn, Home, Cash, Orders, Devices, MachineRoom)
