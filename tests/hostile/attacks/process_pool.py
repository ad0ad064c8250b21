"""Tries to use all cores by multiprocessing; must be refused."""
# ends: exception|not a value
# bare: can not be shown: a pool starts helpers that import the main module, and there is none

import multiprocessing


def f(secret, port, victim):
    return multiprocessing.get_context("fork").Pool(2).map(abs, [1])
