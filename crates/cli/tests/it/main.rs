//! The program from outside, as those who run it see it.

mod arrows;
