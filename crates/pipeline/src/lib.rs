//! Wires the stages; owns every task, queue and schedule
