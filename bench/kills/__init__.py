"""Real kills: the real kiosk process dies at every moment of a purchase, starts again, is judged.

Run: ``python -m bench kills``; one moment again: ``python -m bench kills --at ADDRESS``.
"""
