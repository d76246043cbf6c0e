//! Tests of the readers: tables per noun, properties, real dumps, broken input.

mod check;
mod estates;
