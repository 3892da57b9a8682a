//! Who answers the questions.

use std::io::{self, BufRead, IsTerminal};

use tokio::sync::Mutex;
use tokio::sync::mpsc::{UnboundedReceiver, unbounded_channel};

use crate::narrator::Narrator;
use crate::told::{NotAsTold, Told};

/// The app's user.
pub(crate) enum Person {
    /// The demo plays her.
    Played,
    /// Somebody types on standard input.
    Typing(Mutex<UnboundedReceiver<String>>),
}

impl Person {
    /// On a thread of its own: a read that never returns would otherwise keep the program from ending.
    pub(crate) fn at_the_keyboard() -> Self {
        let (sender, lines) = unbounded_channel();
        std::thread::spawn(move || {
            for line in io::stdin().lock().lines().map_while(Result::ok) {
                if sender.send(line).is_err() {
                    return;
                }
            }
        });
        Self::Typing(Mutex::new(lines))
    }

    pub(crate) fn is_typing(&self) -> bool {
        matches!(self, Self::Typing(_))
    }

    /// What was typed, trimmed; nothing if the demo plays the person.
    pub(crate) async fn line(&self, narrator: &Narrator, question: &str) -> Told<String> {
        let Self::Typing(lines) = self else { return Ok(String::new()) };
        narrator.question(question);
        let line = lines.lock().await.recv().await;
        if !io::stdin().is_terminal() {
            // No terminal has echoed the end of the line.
            narrator.blank();
        }
        let line = line.ok_or_else(|| NotAsTold::new("an answer is typed", "standard input ended"))?;
        Ok(line.trim().to_owned())
    }

    /// Whether the person said yes.
    pub(crate) async fn agrees(&self, narrator: &Narrator, question: &str) -> Told<bool> {
        let answer = self.line(narrator, &format!("{question} [y/N]")).await?;
        Ok(answer.eq_ignore_ascii_case("y") || answer.eq_ignore_ascii_case("yes"))
    }
}
