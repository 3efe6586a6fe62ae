//! An answer, and what the services say when they refuse.

use serde_json::{Value, json};

use super::request::Request;

/// An answer.
#[derive(Clone, Debug)]
pub(super) struct Answer {
    pub status: u16,
    pub headers: Vec<(String, String)>,
    pub body: Vec<u8>,
}

impl Answer {
    pub(super) fn json(status: u16, body: &Value) -> Self {
        let headers = vec![("content-type".into(), "application/json; charset=utf-8".into())];
        Answer { status, headers, body: serde_json::to_vec(body).unwrap() }
    }

    pub(super) fn bytes(body: Vec<u8>) -> Self {
        Answer { status: 200, headers: Vec::new(), body }
    }

    pub(super) fn see_other(location: String) -> Self {
        Answer { status: 303, headers: vec![("location".into(), location)], body: Vec::new() }
    }

    pub(super) fn header(mut self, name: &str, value: impl Into<String>) -> Self {
        self.headers.push((name.into(), value.into()));
        self
    }

    pub(super) fn of(refusal: &Refusal, call: &str, request: &Request) -> Self {
        // The services add what the call was, below a rule.
        let message = format!(
            "{}\n\n---\n\n* method:     {call}\n* errorCode:  {}\n* statusCode: {}",
            refusal.message, refusal.code, refusal.status
        );
        let body = json!({
            "code": refusal.code,
            "message": message,
            "requestInfo": { "method": call, "path": request.path() },
        });
        Answer::json(refusal.status, &body)
    }
}

/// Refusal of a service.
#[derive(Clone, Debug)]
pub(super) struct Refusal {
    pub status: u16,
    pub code: &'static str,
    pub message: String,
}

impl Refusal {
    fn new(status: u16, code: &'static str, message: impl Into<String>) -> Self {
        Refusal { status, code, message: message.into() }
    }

    pub(super) fn not_found(message: impl Into<String>) -> Self {
        Refusal::new(404, "ResourceNotFound", message)
    }

    pub(super) fn conflict(message: impl Into<String>) -> Self {
        Refusal::new(409, "RequestConflict", message)
    }

    pub(super) fn input(message: impl Into<String>) -> Self {
        Refusal::new(400, "InputError", message)
    }

    pub(super) fn schema(message: impl Into<String>) -> Self {
        Refusal::new(400, "InputValidationError", message)
    }

    pub(super) fn malformed(message: impl Into<String>) -> Self {
        Refusal::new(400, "MalformedPayload", message)
    }

    pub(super) fn unauthenticated(message: impl Into<String>) -> Self {
        Refusal::new(401, "AuthenticationFailed", message)
    }

    pub(super) fn forbidden(message: impl Into<String>) -> Self {
        Refusal::new(403, "InsufficientScopes", message)
    }
}
