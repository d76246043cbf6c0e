//! Tests of the planner: what must hold for every estate, and small cases as text.

mod address;
mod estates;
mod order;
mod props;
mod text;
