//! The step-up flow, from outside: a screen that renders states and passes on what the user does.

mod helpers;
mod methods;
mod passkeys;
mod screen;
mod users;
