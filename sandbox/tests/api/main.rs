//! The sandbox as an outsider sees it: over HTTP.

mod support;

mod email_sign_in;
