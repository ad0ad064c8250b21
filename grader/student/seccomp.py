"""The filter of a child's calls to the kernel: what is allowed, and what is refused by name.

Compiled once in the server by libseccomp, where that is installed. Knows calls and their arguments;
which files they may be about is for Landlock to say.
"""

import ctypes
import errno
import os
from collections.abc import Iterator

_ALLOW, _KILL, _ERRNO = 0x7FFF0000, 0x80000000, 0x00050000
_BAD_ARCHITECTURE, _OPTIMIZE = 2, 8  # attributes of libseccomp
_NOT_EQUAL, _EQUAL, _MASKED_EQUAL = 1, 4, 7
OWN_PID = 0x5EEDC0DE
"""Stands in the compiled filter where each child's own number goes."""
_CLONE_THREAD = 0x00010000
_CLONE_NEW = 0x7E020000 | 0x80  # every kind of namespace
_UNIX, _OUT_OF_BAND = 1, 1  # a family of sockets, a flag of sending and receiving
_WRITING = os.O_WRONLY | os.O_RDWR | os.O_CREAT | os.O_TRUNC

_CALLS = [
    "access",
    "alarm",
    "arch_prctl",
    "brk",
    "chdir",
    "clock_getres",
    "clock_gettime",
    "clock_nanosleep",
    "close",
    "close_range",
    "dup",
    "dup2",
    "dup3",
    "epoll_create1",
    "epoll_ctl",
    "epoll_pwait",
    "epoll_wait",
    "eventfd2",
    "exit",
    "exit_group",
    "faccessat",
    "faccessat2",
    "fchdir",
    "fstat",
    "fstatfs",
    "futex",
    "getcpu",
    "getcwd",
    "getdents",
    "getdents64",
    "getegid",
    "geteuid",
    "getgid",
    "getgroups",
    "getitimer",
    "getpgid",
    "getpgrp",
    "getpid",
    "getppid",
    "getrandom",
    "getresgid",
    "getresuid",
    "getrlimit",
    "get_robust_list",
    "getrusage",
    "getsid",
    "getsockname",
    "gettid",
    "gettimeofday",
    "getuid",
    "lseek",
    "lstat",
    "membarrier",
    "mmap",
    "mprotect",
    "mremap",
    "msync",
    "munmap",
    "nanosleep",
    "newfstatat",
    "pause",
    "pipe",
    "pipe2",
    "poll",
    "ppoll",
    "pread64",
    "preadv",
    "pselect6",
    "pwrite64",
    "pwritev",
    "read",
    "readlink",
    "readlinkat",
    "readv",
    "restart_syscall",
    "rseq",
    "rt_sigaction",
    "rt_sigpending",
    "rt_sigprocmask",
    "rt_sigreturn",
    "rt_sigsuspend",
    "rt_sigtimedwait",
    "sched_getaffinity",
    "sched_getparam",
    "sched_get_priority_max",
    "sched_get_priority_min",
    "sched_getscheduler",
    "sched_yield",
    "select",
    "set_robust_list",
    "set_tid_address",
    "setitimer",
    "shutdown",
    "sigaltstack",
    "stat",
    "statfs",
    "statx",
    "sysinfo",
    "time",
    "timerfd_create",
    "timerfd_gettime",
    "timerfd_settime",
    "times",
    "umask",
    "uname",
    "wait4",
    "waitid",
    "write",
    "writev",
]
# Refused with "not permitted" and not with "no such call", so that the student's error says so.
_FORBIDDEN = [
    "accept",
    "accept4",
    "acct",
    "add_key",
    "bind",
    "bpf",
    "chmod",
    "chown",
    "chroot",
    "clock_settime",
    "connect",
    "creat",
    "execve",
    "execveat",
    "fallocate",
    "fchmod",
    "fchmodat",
    "fchown",
    "fchownat",
    "finit_module",
    "fork",
    "fremovexattr",
    "fsetxattr",
    "ftruncate",
    "futimesat",
    "init_module",
    "io_uring_enter",
    "io_uring_register",
    "io_uring_setup",
    "ioprio_set",
    "kexec_load",
    "keyctl",
    "landlock_add_rule",
    "landlock_create_ruleset",
    "landlock_restrict_self",
    "lchown",
    "link",
    "linkat",
    "listen",
    "lremovexattr",
    "lsetxattr",
    "memfd_create",
    "memfd_secret",
    "mkdir",
    "mkdirat",
    "mknod",
    "mknodat",
    "mlock",
    "mlock2",
    "mlockall",
    "mount",
    "mount_setattr",
    "move_mount",
    "mq_open",
    "mq_unlink",
    "msgctl",
    "msgget",
    "msgrcv",
    "msgsnd",
    "name_to_handle_at",
    "nice",
    "open_by_handle_at",
    "open_tree",
    "perf_event_open",
    "personality",
    "pidfd_getfd",
    "pidfd_open",
    "pidfd_send_signal",
    "pivot_root",
    "process_madvise",
    "process_vm_readv",
    "process_vm_writev",
    "ptrace",
    "quotactl",
    "reboot",
    "recvmmsg",
    "recvmsg",
    "removexattr",
    "rename",
    "renameat",
    "renameat2",
    "request_key",
    "rmdir",
    "rt_sigqueueinfo",
    "rt_tgsigqueueinfo",
    "sched_setattr",
    "sched_setparam",
    "sched_setscheduler",
    "seccomp",
    "semctl",
    "semget",
    "semop",
    "semtimedop",
    "sendmmsg",
    "sendmsg",
    "setdomainname",
    "setfsgid",
    "setfsuid",
    "setgid",
    "setgroups",
    "sethostname",
    "setns",
    "setpgid",
    "setpriority",
    "setregid",
    "setresgid",
    "setresuid",
    "setreuid",
    "setrlimit",
    "setsid",
    "setsockopt",
    "settimeofday",
    "setuid",
    "setxattr",
    "shmat",
    "shmctl",
    "shmdt",
    "shmget",
    "socket",
    "splice",
    "swapoff",
    "swapon",
    "symlink",
    "symlinkat",
    "sync",
    "syncfs",
    "syslog",
    "tee",
    "tkill",
    "truncate",
    "umount2",
    "unlink",
    "unlinkat",
    "unshare",
    "uselib",
    "userfaultfd",
    "utime",
    "utimensat",
    "utimes",
    "vfork",
    "vhangup",
    "vmsplice",
]


class _Comparison(ctypes.Structure):
    """libseccomp's condition on one argument of a call."""

    _fields_ = (
        ("argument", ctypes.c_uint),
        ("operator", ctypes.c_int),
        ("first", ctypes.c_uint64),
        ("second", ctypes.c_uint64),
    )


def compiled_filter(*, is_read_only: bool) -> bytes:
    """The program for the kernel, made by libseccomp; empty where that is not installed.

    What is not listed does not exist (ENOSYS), so that libraries fall back as on an old kernel.

    Args:
        is_read_only: files can be opened for reading alone (where Landlock does not see to it).
    """
    try:
        library = ctypes.CDLL("libseccomp.so.2")
    except OSError:
        return b""
    library.seccomp_init.restype = ctypes.c_void_p
    library.seccomp_init.argtypes = (ctypes.c_uint32,)
    context = ctypes.c_void_p(library.seccomp_init(_ERRNO | errno.ENOSYS))
    library.seccomp_attr_set(context, _BAD_ARCHITECTURE, ctypes.c_uint32(_KILL))
    library.seccomp_attr_set(context, _OPTIMIZE, ctypes.c_uint32(2))  # a tree, not a chain
    for name, action, conditions in _rules(is_read_only=is_read_only):
        number = library.seccomp_syscall_resolve_name(name.encode())
        if number < 0:
            continue  # not on this architecture, or newer than the library: does not exist then
        array = (_Comparison * len(conditions))(*conditions)
        result = library.seccomp_rule_add_array(
            context, ctypes.c_uint32(action), number, len(conditions), array
        )
        if result < 0:
            raise OSError(-result, f"the rule for {name} is not accepted")
    with open(os.memfd_create("filter"), "rb") as file:  # noqa: PTH123  # it has no path
        library.seccomp_export_bpf(context, file.fileno())
        library.seccomp_release(context)
        file.seek(0)
        return file.read()


def _rules(*, is_read_only: bool) -> Iterator[tuple[str, int, tuple[_Comparison, ...]]]:
    """Per call what to do and under which conditions on its arguments."""
    forbid = _ERRNO | errno.EPERM
    yield from ((name, _ALLOW, ()) for name in _CALLS)
    yield from ((name, forbid, ()) for name in _FORBIDDEN)
    # Threads but no processes: one kill then ends everything, and one limit holds it all.
    thread = _Comparison(0, _MASKED_EQUAL, _CLONE_THREAD | _CLONE_NEW, _CLONE_THREAD)
    yield "clone", _ALLOW, (thread,)
    yield "clone", forbid, (_Comparison(0, _MASKED_EQUAL, _CLONE_THREAD, 0),)
    # Signals to oneself alone: without a Landlock that scopes them this is the only wall.
    for name in ("kill", "tgkill"):
        yield name, _ALLOW, (_Comparison(0, _EQUAL, OWN_PID, 0),)
        yield name, forbid, (_Comparison(0, _NOT_EQUAL, OWN_PID, 0),)
    # Limits may be read, not set; and not those of others.
    yield "prlimit64", _ALLOW, (_Comparison(0, _EQUAL, 0, 0), _Comparison(2, _EQUAL, 0, 0))
    yield "sched_setaffinity", _ALLOW, (_Comparison(0, _EQUAL, 0, 0),)
    yield from _socket_rules(forbid)
    # Names of threads and of memory areas (PR_SET_NAME, PR_GET_NAME, PR_SET_VMA).
    for option in (15, 16, 0x53564D41):
        yield "prctl", _ALLOW, (_Comparison(0, _EQUAL, option, 0),)
    # TCGETS, TIOCGWINSZ, FIONREAD, FIONBIO, FIONCLEX, FIOCLEX: no typing into terminals.
    for request in (0x5401, 0x5413, 0x541B, 0x5421, 0x5450, 0x5451):
        yield "ioctl", _ALLOW, (_Comparison(1, _MASKED_EQUAL, 0xFFFFFFFF, request),)
    # How memory is used (MADV_NORMAL to DONTNEED, FREE, HUGEPAGE, NOHUGEPAGE): nothing that puts
    # pages of files out of the cache, where the next child could see which are gone.
    for advice in (0, 1, 2, 3, 4, 8, 14, 15):
        yield "madvise", _ALLOW, (_Comparison(2, _MASKED_EQUAL, 0xFFFFFFFF, advice),)
    # Duplicate, flags, ask for locks and sizes: no owner to be signalled, no leases.
    for command in (0, 1, 2, 3, 4, 5, 1030, 1032):
        yield "fcntl", _ALLOW, (_Comparison(1, _MASKED_EQUAL, 0xFFFFFFFF, command),)
    for name, argument in (("open", 1), ("openat", 2)):
        if is_read_only:
            yield name, _ALLOW, (_Comparison(argument, _MASKED_EQUAL, _WRITING, 0),)
        else:
            yield name, _ALLOW, ()


def _socket_rules(forbid: int) -> Iterator[tuple[str, int, tuple[_Comparison, ...]]]:
    """What a pair of sockets may be used for."""
    # Pairs of Unix sockets, which asyncio wakes itself with; another family is other kernel code.
    yield "socketpair", _ALLOW, (_Comparison(0, _EQUAL, _UNIX, 0),)
    yield "socketpair", forbid, (_Comparison(0, _NOT_EQUAL, _UNIX, 0),)
    # To no address, and nothing out of band, where kernels have had holes.
    in_band = _Comparison(3, _MASKED_EQUAL, _OUT_OF_BAND, 0)
    out_of_band = _Comparison(3, _MASKED_EQUAL, _OUT_OF_BAND, _OUT_OF_BAND)
    yield "sendto", _ALLOW, (in_band, _Comparison(4, _EQUAL, 0, 0))
    yield "sendto", forbid, (_Comparison(4, _NOT_EQUAL, 0, 0),)
    for name in ("sendto", "recvfrom"):
        yield name, forbid, (out_of_band,)
    yield "recvfrom", _ALLOW, (in_band,)
    # SO_TYPE, SO_ERROR, SO_PROTOCOL, SO_DOMAIN: a socket's kind, and no handle of who made it.
    for option in (3, 4, 38, 39):
        yield "getsockopt", _ALLOW, (_Comparison(2, _EQUAL, option, 0),)
