//! The step-up flow, from outside: a screen that renders states and passes on what the user does.

mod helpers;
mod methods;
mod passkeys;
mod process_death;
mod process_death_browser;
mod process_death_limits;
mod process_death_record;
mod screen;
mod users;
