"""Tries to name a planted solution by a handle of its file system; must be refused."""
# ends: exception
# bare: can not be shown: an ordinary user is refused anyway

import ctypes


def f(secret, port, victim):
    libc = ctypes.CDLL(None, use_errno=True)
    handle, mount = ctypes.create_string_buffer(b"\x80\x00\x00\x00" + bytes(200)), ctypes.c_int()
    if libc.name_to_handle_at(-100, secret.encode(), handle, ctypes.byref(mount), 0) < 0:
        raise OSError(ctypes.get_errno(), "refused")
    return "GAINED"
