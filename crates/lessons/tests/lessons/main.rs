//! The lessons: what each says and computes, predicted and measured, and what people may type. One program, so that it is
//! linked once.

mod predicting;

mod advise;
mod await_or_task;
mod blocking_call;
mod calibration;
mod catalogue;
mod deadlock;
mod deciding;
mod delay_messages;
mod downloads;
mod fan_out;
mod fibonacci;
mod gil;
mod hybrid;
mod interpreters;
mod lost_update;
mod measured;
mod merge_sort;
mod paged_api;
mod parameters;
mod pool_or_spawn;
mod python;
mod shell;
mod sum_squares;
mod to_thread;
