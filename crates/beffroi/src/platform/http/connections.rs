//! How many connections one address may hold (RA-7). Where clients reach us themselves, the accept loop counts their
//! connections and closes one too many before a byte of it is read. Behind a proxy every connection is the proxy's:
//! there the open requests and sockets of a client's address are counted, and one too many is refused in words.
//!
//! A place is held as long as anything of its connection lives: the connection, the answer that is being sent, and the
//! socket that it became.

use crate::{
    app::App,
    audit::Circumstances,
    error::{Code, Error},
    platform::{http::describe::Input, limits::network},
};
use axum::{
    Extension,
    body::Body,
    extract::{FromRequestParts, Request, State},
    middleware::Next,
    response::{IntoResponse, Response},
};
use http::request::Parts;
use http_body::{Frame, SizeHint};
use std::{
    collections::{HashMap, hash_map::Entry},
    convert::Infallible,
    net::IpAddr,
    pin::Pin,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    task::{Context, Poll},
    time::Duration,
};

/// Somebody who holds too many may try again after this.
const RETRY_AFTER: Duration = Duration::from_secs(1);

/// Who holds how many; nobody is kept who holds none.
pub struct Connections {
    max: u32,
    held: Mutex<HashMap<IpAddr, u32>>,
}

/// A place among the connections of an address, until its last copy is gone.
#[derive(Clone)]
pub struct Place {
    _taken: Arc<Taken>,
}

struct Taken {
    connections: Arc<Connections>,
    network: IpAddr,
}

impl Connections {
    pub fn new(max: u32) -> Arc<Self> {
        Arc::new(Self { max, held: Mutex::default() })
    }

    /// A place for one more connection of this address, or of its IPv6 network.
    pub fn take(self: &Arc<Self>, address: IpAddr) -> Option<Place> {
        let network = network(address);
        let mut held = self.lock();
        let count = held.get(&network).copied().unwrap_or(0);
        if count >= self.max {
            return None;
        }
        held.insert(network, count + 1);
        Some(Place { _taken: Arc::new(Taken { connections: self.clone(), network }) })
    }

    fn lock(&self) -> MutexGuard<'_, HashMap<IpAddr, u32>> {
        self.held.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for Taken {
    fn drop(&mut self) {
        if let Entry::Occupied(mut entry) = self.connections.lock().entry(self.network) {
            *entry.get_mut() -= 1;
            if *entry.get() == 0 {
                entry.remove();
            }
        }
    }
}

/// Counts requests and sockets by the client's address, where a proxy stands before us.
pub async fn guard(
    State(app): State<App>,
    Extension(circumstances): Extension<Circumstances>,
    mut request: Request,
    next: Next,
) -> Response {
    let (hops, address) = (app.config.trusted_proxy_hops, circumstances.ip_address);
    let Some(address) = address.filter(|_| hops > 0) else { return next.run(request).await };
    let Some(place) = app.connections.take(address) else {
        app.limits.count_refusal("connections", Some(address), None);
        return Error::refuse_until(Code::TOO_MANY_CONNECTIONS, RETRY_AFTER).into_response();
    };
    request.extensions_mut().insert(place.clone());
    next.run(request).await.map(|body| Body::new(Held { body, _place: place }))
}

/// An answer's body, which holds a place until it is sent.
struct Held {
    body: Body,
    _place: Place,
}

impl http_body::Body for Held {
    type Data = axum::body::Bytes;
    type Error = axum::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Self::Data>, Self::Error>>> {
        Pin::new(&mut self.body).poll_frame(context)
    }

    fn is_end_stream(&self) -> bool {
        self.body.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.body.size_hint()
    }
}

/// The place of the request's connection, for what outlives the request; none where nobody counts.
pub struct Connection(pub Option<Place>);

impl<S: Sync> FromRequestParts<S> for Connection {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Infallible> {
        Ok(Self(parts.extensions.get().cloned()))
    }
}

impl Input for Connection {}

#[cfg(test)]
mod tests {
    use super::*;

    // RA-7
    #[test]
    fn neighbours_in_one_ipv6_network_share_their_places_and_give_them_back() {
        let address = |text: &str| -> IpAddr { text.parse().expect("an address") };
        let connections = Connections::new(2);
        let first = connections.take(address("2001:db8::1")).expect("a place");
        let second = connections.take(address("2001:db8::2")).expect("a place");
        assert!(connections.take(address("2001:db8::3")).is_none());
        let elsewhere = connections.take(address("2001:db8:0:1::1")).expect("a place of their own");
        let copy = second.clone();
        drop(second);
        assert!(connections.take(address("2001:db8::3")).is_none(), "a copy still holds it");
        drop((copy, first, elsewhere));
        assert!(connections.take(address("2001:db8::3")).is_some());
        assert!(connections.lock().is_empty(), "who holds none is forgotten");
    }
}
