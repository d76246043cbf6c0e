//! Tests of the readers: tables per noun, properties, real dumps, broken input.

mod byhand;
mod check;
mod estates;
