"""Tries to loop the reader with a list that holds itself; must arrive as no value."""
# ends: returned
# bare: same


def f(secret, port, victim):
    items = []
    items.append(items)
    return items
