"""Lines of a made-up shop, as the template miner writes them: what it usually does, and what it does when it breaks."""

import random

PLACEHOLDERS = ["<*>", "<NUM>", "<DUR>", "<IP>", "<HEX>", "<PATH>"]

# One request after the other; the lines of a request follow each other.
FLOWS = [
    [
        "Request req_<*> GET <PATH> from <IP>",
        "Verifying token tok_<*>",
        "Token of user <*> accepted in <DUR>",
        "Listed <NUM> products in <DUR>",
        "Request req_<*> completed with status <NUM> in <DUR>",
    ],
    [
        "Request req_<*> GET <PATH> from <IP>",
        "Product SKU-<*> loaded in <DUR>",
        "Found <NUM> products similar to SKU-<*>",
        "Request req_<*> completed with status <NUM> in <DUR>",
    ],
    [
        "Request req_<*> POST <PATH> from <IP>",
        "Verifying token tok_<*>",
        "Token of user <*> accepted in <DUR>",
        "Cart cart_<*> of user <*> loaded in <DUR>",
        "Added <NUM> of SKU-<*> to cart cart_<*>",
        "Cart cart_<*> totals <NUM> EUR",
        "Request req_<*> completed with status <NUM> in <DUR>",
    ],
    [
        "Order ord_<*> received from user <*>: <NUM> items, total <NUM> EUR",
        "Reserving stock for order ord_<*> in warehouse <*>",
        "Stock reserved for order ord_<*> in <DUR>",
        "Payment pay_<*> of <NUM> EUR started for order ord_<*>",
        "Fraud score of payment pay_<*> is <NUM>",
        "Payment pay_<*> authorised by acquirer cardlink in <DUR>",
        "Payment pay_<*> captured",
        "Order ord_<*> placed in <DUR>",
        "Invoice inv_<*> rendered in <DUR>",
        "Order confirmation sent to <*>",
    ],
    [
        "Login attempt of user <*> from <IP>",
        "Password of user <*> verified in <DUR>",
        "Session ses_<*> created for user <*>",
        "Token tok_<*> issued, valid for <DUR>",
    ],
    [
        "Session clean-up started",
        "Scanned <NUM> sessions",
        "Session clean-up removed <NUM> sessions in <DUR>",
        "Health check passed in <DUR>",
        "Connection pool users-db: <NUM> of <NUM> connections in use",
    ],
]

SUBJECTS = ["Payment pay_<*>", "Order ord_<*>", "Connection to database <*>", "Worker <*>", "Disk <PATH>", "Request req_<*>"]
TROUBLES = [
    "failed: <*> exception at <HEX>",
    "timed out after <DUR>, giving up",
    "crashed with signal <NUM>",
    "refused: permission denied",
    "is corrupt: checksum mismatch",
    "aborted: out of memory",
    "unreachable: connection reset by <IP>",
    "lost: no space left on device",
]
ODD = [f"{subject} {trouble}" for subject in SUBJECTS for trouble in TROUBLES] + [
    "Kernel panic: not syncing",
    "Segmentation fault at address <HEX>",
    "Deadlock detected in transaction <*>, rolled back",
    "Unhandled exception in thread <*>: null reference",
    "Data error on disk <PATH>, replica is missing",
]


def usual_window(rng: random.Random) -> list[str]:
    """One to six consecutive lines of the flows, joined end to end."""
    lines = [line for _ in range(2) for line in rng.choice(FLOWS)]
    end = rng.randint(1, len(lines))
    return lines[max(0, end - rng.randint(1, 6)) : end]


def labelled_window(rng: random.Random) -> tuple[list[str], int]:
    """A window, and whether its last line is an odd one; what came before may be odd either way."""
    window = usual_window(rng)
    if rng.random() < 0.4:
        for _ in range(rng.randint(1, 2)):
            window.insert(rng.randrange(len(window)), rng.choice(ODD))
    if rng.random() < 0.5:
        return window, 0
    return [*window[:-1], rng.choice(ODD)], 1


def all_lines() -> list[str]:
    """Every line once, for the vocabulary."""
    return [line for flow in FLOWS for line in flow] + ODD
