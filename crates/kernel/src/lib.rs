//! Words that every service shares; parsed at the edge, no IO.
