//! The program from outside, as those who run it see it.

mod administration;
mod arrows;
mod demo;
mod program;
