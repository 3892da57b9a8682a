//! A second phone: registered by the link in a mail, revoked from the first one.

use std::sync::Arc;

use stepup_core::{
    ClientConfig, ErrorKind, InMemoryStorage, LinkRefusal, OnboardingDuty, Platform, RegisteredDevice,
    SignInOutcome, SoftwareKeys, StepUpClient, StepUpError,
};
use stepup_sandbox::{MessageFilter, MessageKind};

use super::sign_in::ADDRESS;
use crate::codes;
use crate::stage::{Server, Stage};
use crate::told::{NotAsTold, Told, expect};

/// A registration link that leads to somebody else's app.
const FOREIGN_LINK: &str = "https://elsewhere.example/?deviceRegistrationToken=0";

/// The app on another phone, with storage and keys of its own.
struct SecondPhone {
    client: Arc<StepUpClient>,
    storage: Arc<InMemoryStorage>,
}

pub(crate) async fn tell(stage: &Stage) -> Told {
    stage.narrator.chapter("Devices: a second phone is registered and revoked");
    let Some(server) = &stage.server else {
        stage.narrator.left_out("a second device", "it takes a phone to open the mailed link on");
        return Ok(());
    };
    stage.narrator.prose(
        "This environment wants to know its users' devices. The one that Ada signed up on was registered \
         silently. Now she signs in on a second phone:",
    );
    let second = SecondPhone::new(server)?;
    sign_in(stage, &second).await?;
    nothing_can_be_verified(stage, server, &second).await?;
    let link = mailed_link(stage, server)?;
    open_link(stage, &second, &link).await?;
    stage.narrator.prose("Back on the first phone:");
    let listed = devices(stage).await?;
    let names: Vec<_> = listed.iter().map(|device| (device.name.as_str(), device.is_current)).collect();
    let are_both = names == [("Pixel 9 (Android 16)", true), ("iPhone 17 (iOS 26)", false)];
    stage.narrator.check("both phones are listed, and the own one is marked", are_both, &names)?;
    revoke(stage, &listed).await?;
    finds_itself_signed_out(stage, &second).await?;
    second.client.shutdown();
    Ok(())
}

impl SecondPhone {
    fn new(server: &Server) -> Told<Self> {
        let storage = Arc::new(InMemoryStorage::default());
        let config = ClientConfig {
            // On a phone of its own it could be the same.
            storage_namespace: Some("second".into()),
            device_name: Some("iPhone 17; iOS 26".into()),
            ..server.config()
        };
        let platform = Platform::new(storage.clone(), Arc::new(SoftwareKeys::default()));
        let client = expect("the app starts on the second phone", StepUpClient::new(config, platform))?;
        Ok(Self { client, storage })
    }
}

async fn sign_in(stage: &Stage, second: &SecondPhone) -> Told {
    let (narrator, auth) = (&stage.narrator, second.client.auth());
    let call = format!("auth.send_email_otp(\"{ADDRESS}\")");
    let send = async || auth.send_email_otp(ADDRESS.into(), None).await;
    let signed_in = codes::by_message(stage, &call, send, async |code, _| {
        narrator.ask("auth.sign_in_with_otp(code)");
        auth.sign_in_with_otp(code, None, None).await
    });
    let SignInOutcome::Done { session, .. } = signed_in.await?;
    narrator.answer(&format!("signed in; still to do: {:?}", session.duties));
    let must_register = session.duties == [OnboardingDuty::RegisterDevice];
    narrator.check("the session waits for this phone to be registered", must_register, &session)
}

async fn nothing_can_be_verified(stage: &Stage, server: &Server, second: &SecondPhone) -> Told {
    let requests = || server.sandbox.log().exchanges().len();
    let before = requests();
    stage.narrator.ask("step_up.send_otp()");
    let answer = second.client.step_up().send_otp(None, None).await;
    if let Err(error) = &answer {
        stage.narrator.error(error);
    }
    let is_refused = answer == Err(StepUpError::DeviceRegistrationRequired) && requests() == before;
    stage.narrator.check("nothing can be verified on it yet; the server was not asked", is_refused, &answer)
}

/// Shows the mail with the link, but not the token in it.
fn mailed_link(stage: &Stage, server: &Server) -> Told<String> {
    let filter = MessageFilter { to: Some(ADDRESS.into()), ..MessageFilter::default() };
    let mails = server.sandbox.outbox().messages(&filter).into_iter();
    let link = mails.filter(|mail| mail.kind == MessageKind::DeviceRegistration).find_map(|mail| mail.link);
    let link = link.ok_or_else(|| NotAsTold::new("a registration link was mailed", "no mail"))?;
    let shown = link.split_once('=').map_or(link.as_str(), |(before, _token)| before);
    stage.narrator.prose("The sign-in has sent a mail:");
    stage.narrator.mail(&format!("to {ADDRESS}: \"Is this you? Open {shown}=…\""));
    Ok(link)
}

async fn open_link(stage: &Stage, second: &SecondPhone, link: &str) -> Told {
    let (narrator, registration) = (&stage.narrator, second.client.device_registration());
    narrator.prose("She opens the link on the second phone, which gives it to the app.");
    narrator.ask("device_registration.is_registration_link(link)");
    let is_link = registration.is_registration_link(link.to_owned());
    narrator.answer(&is_link.to_string());
    let foreign_is = registration.is_registration_link(FOREIGN_LINK.into());
    let are_told_apart = is_link && !foreign_is;
    narrator.check(
        "it is one, and one that leads elsewhere is not",
        are_told_apart,
        &(is_link, foreign_is),
    )?;

    narrator.ask("device_registration.complete(link)");
    let session = registration.complete(link.to_owned(), None).await;
    let session = expect("the second phone is registered", session)?;
    narrator.answer("registered");
    narrator.check("nothing is left to do for the session", session.duties.is_empty(), &session)?;

    narrator.ask("device_registration.complete(link)");
    let again = registration.complete(link.to_owned(), None).await;
    let Err(error) = &again else { return Err(NotAsTold::new("the link works once", "it works twice")) };
    narrator.error(error);
    let is_used = matches!(error, StepUpError::InvalidRegistrationLink { reason: LinkRefusal::Used, .. });
    let asks_for_another = is_used && error.kind() == ErrorKind::RequestNewLink;
    narrator.check("a link works once", asks_for_another, error)
}

/// The devices as the first phone lists them, shown.
async fn devices(stage: &Stage) -> Told<Vec<RegisteredDevice>> {
    stage.narrator.ask("device_registration.list()");
    let listed = stage.client.device_registration().list(None).await;
    let listed = expect("the devices are listed", listed)?;
    stage.narrator.answer(&format!("{} registered:", listed.len()));
    for device in &listed {
        let mark = if device.is_current { "  [this device]" } else { "" };
        stage.narrator.drawn(&format!("• {}{mark}", device.name));
    }
    Ok(listed)
}

async fn revoke(stage: &Stage, listed: &[RegisteredDevice]) -> Told {
    let other = listed.iter().find(|device| !device.is_current);
    let other = other.ok_or_else(|| NotAsTold::new("another device is listed", "there is none"))?;
    stage.narrator.prose(&format!("She has lost the {}.", other.name));
    stage.narrator.ask("device_registration.revoke(id)");
    let answer = stage.client.device_registration().revoke(other.id.clone(), None).await;
    let was_this_one = expect("the second phone is revoked", answer)?;
    stage.narrator.answer(&format!("revoked; it was this device: {was_this_one}"));
    let left = devices(stage).await?;
    let is_left = !was_this_one && left.iter().map(|device| device.is_current).eq([true]);
    stage.narrator.check("the first phone is what is left, and stays signed in", is_left, &left)
}

async fn finds_itself_signed_out(stage: &Stage, second: &SecondPhone) -> Told {
    let (narrator, storage) = (&stage.narrator, &second.storage);
    narrator.prose("Whoever found the second phone, on which the app is still signed in:");
    let before = storage.keys().len();
    narrator.ask("mfa.methods()");
    let answer = second.client.mfa().methods(None).await;
    if let Err(error) = &answer {
        // Without its text: the request id in it is another one in every run.
        narrator.answer(&format!("error ({:?})", error.kind()));
    }
    let after = storage.keys().len();
    let is_out = matches!(answer, Err(StepUpError::NotSignedIn { .. })) && (before, after) == (1, 0);
    narrator.check(
        "the app finds itself signed out, and empties its storage",
        is_out,
        &(answer, before, after),
    )
}
