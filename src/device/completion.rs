//! Having this device registered by the mailed link. Its token is sent once (I17).

use std::{
    collections::VecDeque,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use futures_util::future::{FutureExt, Shared, WeakShared};

use super::registration_link::{LinkHash, RegistrationLink};
use crate::{
    api::{self, Request, operations},
    auth::{Session, is_device_registration_pending},
    config::AppLink,
    context::Context,
    error::{LinkRefusal, StepUpError},
    runtime::Call,
    state::SessionChange,
};

/// Links beyond this number push out the oldest; nobody opens that many.
const MOST_SPENT: usize = 64;

/// A completion that every caller with the same link awaits. It stops when the last of them has gone, and
/// with it the request, as far as that was not handed over yet.
type Completion = Shared<Call<()>>;

/// What is known of registration links: never the link itself.
#[derive(Default)]
pub(crate) struct RegistrationLinks(Mutex<Known>);

#[derive(Default)]
struct Known {
    running: Vec<Running>,
    /// Oldest first.
    spent: VecDeque<(LinkHash, Spent)>,
    serial: u64,
}

struct Running {
    serial: u64,
    epoch: u64,
    link: LinkHash,
    completion: Option<WeakShared<Call<()>>>,
}

/// What became of a link that is of no use any more.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Spent {
    /// The server took it.
    Taken,
    /// The server will not take it.
    Refused(LinkRefusal),
}

impl Context {
    /// The link of this text, if it leads to this app.
    pub(super) fn registration_link(&self, text: &str) -> Result<RegistrationLink, StepUpError> {
        let app_links: &[AppLink] = &self.config.app_links;
        RegistrationLink::read(text, app_links).map_err(|reason| {
            if app_links.is_empty() && reason == LinkRefusal::Foreign {
                let reason = "must name the link that registration links lead to".into();
                return StepUpError::InvalidConfiguration { field: "app_links".into(), reason };
            }
            refused(reason)
        })
    }

    /// Registers this device. Callers with the same link share one request and its answer.
    pub(super) async fn complete_device_registration(
        self: &Arc<Self>,
        link: RegistrationLink,
    ) -> Result<Session, StepUpError> {
        let epoch = self.signed_in().await?.epoch;
        self.join_or_begin_completion(epoch, link)?.await?;
        let current = self.signed_in().await?;
        if current.epoch != epoch {
            return Err(StepUpError::NotSignedIn { answer: None });
        }
        Ok(Session::of(&current.session, &self.state.clock))
    }

    fn join_or_begin_completion(
        self: &Arc<Self>,
        epoch: u64,
        link: RegistrationLink,
    ) -> Result<Completion, StepUpError> {
        let (mut known, hash) = (self.registration_links.lock(), link.hash());
        let same = known.running.iter().find(|running| (running.epoch, running.link) == (epoch, hash));
        if let Some(completion) = same.and_then(|running| running.completion.as_ref()?.upgrade()) {
            return Ok(completion);
        }
        if let Some(spent) = known.spent(&hash) {
            return Err(spent.refusal());
        }
        known.serial += 1;
        let place = Place { context: Arc::clone(self), serial: known.serial };
        let completion: Call<()> = Box::pin(async move {
            let answer = place.context.send_link(epoch, &link).await;
            // Off the list first: whoever has this answer and tries again must not get it again.
            drop(place);
            answer
        });
        let completion = completion.shared();
        let serial = known.serial;
        known.running.push(Running { serial, epoch, link: hash, completion: completion.downgrade() });
        Ok(completion)
    }

    async fn send_link(self: &Arc<Self>, epoch: u64, link: &RegistrationLink) -> Result<(), StepUpError> {
        let mut request = Request::new(&operations::COMPLETE_DEVICE_REGISTRATION);
        request.header(api::DEVICE_REGISTRATION_TOKEN, link.token.expose())?;
        let (context, hash) = (Arc::clone(self), link.hash());
        let note = Box::new(move |answered: Result<(), &StepUpError>| {
            if let Some(spent) = Spent::by(answered) {
                context.registration_links.spend(hash, spent);
            }
        });
        // The request of a caller who has gone may have been under way when this one began.
        let is_done = |_: u64| self.registration_links.lock().spent(&hash).is_some();
        if self.reissue_noted(request, SessionChange::Reissue, &is_done, note).await?.is_some() {
            return Ok(());
        }
        let is_registered = self.state.current().is_some_and(|current| {
            current.epoch == epoch && !is_device_registration_pending(&current.session.user)
        });
        let spent = self.registration_links.lock().spent(&hash);
        match spent {
            Some(Spent::Taken) if is_registered => Ok(()),
            spent => Err(spent.unwrap_or(Spent::Taken).refusal()),
        }
    }
}

impl RegistrationLinks {
    fn spend(&self, link: LinkHash, spent: Spent) {
        let mut known = self.lock();
        if known.spent.len() == MOST_SPENT {
            known.spent.pop_front();
        }
        known.spent.push_back((link, spent));
    }

    fn lock(&self) -> MutexGuard<'_, Known> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Known {
    fn spent(&self, link: &LinkHash) -> Option<Spent> {
        self.spent.iter().find(|(known, _)| known == link).map(|(_, spent)| *spent)
    }
}

impl Spent {
    /// None while the link may be tried again: the server has not said that it is of no use.
    fn by(answered: Result<(), &StepUpError>) -> Option<Self> {
        match answered {
            Ok(()) => Some(Self::Taken),
            Err(StepUpError::InvalidRegistrationLink {
                reason: reason @ (LinkRefusal::Used | LinkRefusal::Expired),
                ..
            }) => Some(Self::Refused(*reason)),
            Err(_) => None,
        }
    }

    fn refusal(self) -> StepUpError {
        refused(match self {
            Self::Taken => LinkRefusal::Used,
            Self::Refused(reason) => reason,
        })
    }
}

fn refused(reason: LinkRefusal) -> StepUpError {
    StepUpError::InvalidRegistrationLink { reason, answer: None }
}

/// Takes a completion off the list when it ends, however it ends.
struct Place {
    context: Arc<Context>,
    serial: u64,
}

impl Drop for Place {
    fn drop(&mut self) {
        self.context.registration_links.lock().running.retain(|running| running.serial != self.serial);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::error::NetworkFailure;

    #[test]
    fn only_the_latest_spent_links_are_remembered() {
        let links = RegistrationLinks::default();
        for number in 0..=u8::try_from(MOST_SPENT).unwrap() {
            links.spend([number; 32], Spent::Refused(LinkRefusal::Expired));
        }
        let known = links.lock();
        assert_eq!(known.spent.len(), MOST_SPENT);
        assert_eq!(known.spent(&[0; 32]), None, "the oldest");
        assert_eq!(known.spent(&[64; 32]), Some(Spent::Refused(LinkRefusal::Expired)));
    }

    #[test]
    fn i17_only_what_the_server_said_makes_a_link_useless() {
        let by = |error: StepUpError| Spent::by(Err(&error));
        assert_eq!(Spent::by(Ok(())), Some(Spent::Taken));
        assert_eq!(by(refused(LinkRefusal::Used)), Some(Spent::Refused(LinkRefusal::Used)));
        assert_eq!(by(refused(LinkRefusal::Expired)), Some(Spent::Refused(LinkRefusal::Expired)));
        for reason in [LinkRefusal::Refused, LinkRefusal::Malformed, LinkRefusal::Foreign] {
            assert_eq!(by(refused(reason)), None);
        }
        for failure in [NetworkFailure::ConnectFailed, NetworkFailure::TimedOut, NetworkFailure::Interrupted]
        {
            assert_eq!(by(StepUpError::Network { failure, request_id: String::new() }), None);
        }
    }
}
