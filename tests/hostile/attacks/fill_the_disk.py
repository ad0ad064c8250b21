"""Tries to write into its folder without an end; must be refused."""
# ends: exception
# bare: gains


def f(secret, port, victim):
    with open("big", "wb") as file:
        file.write(bytes(2**20))
    return "GAINED"
