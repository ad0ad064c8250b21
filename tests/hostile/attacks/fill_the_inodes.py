"""Tries to make files without an end; must be refused."""
# ends: exception
# bare: gains


def f(secret, port, victim):
    for number in range(100):
        open(f"file-{number}", "w").close()
    return "GAINED"
