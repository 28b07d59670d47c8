//! A person's request, fanned out to every holder, with proof.
