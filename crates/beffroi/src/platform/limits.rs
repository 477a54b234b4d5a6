//! The one door for rate limits (RA-1): GCRA, which needs one number a key. `burst` requests pass at once, then one
//! each window/requests. Written here rather than taken from a library because a sign-in that succeeds gives its
//! place back, and because several nodes will have to do the same arithmetic in a shared store.

use crate::{
    error::{Error, Result},
    ids::UserId,
    platform::clock::{Clock, Moment},
};
use std::{
    collections::HashMap,
    net::{IpAddr, Ipv6Addr},
    sync::{Mutex, MutexGuard, PoisonError, RwLock},
    time::Duration,
};

/// Keys kept for one rule: a flood of addresses must not become a flood of memory.
const KEYS_MAX: usize = 200_000;

/// So many requests a window, so many of them at once.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Rate {
    pub requests: u32,
    pub window: Duration,
    pub burst: u32,
}

impl Rate {
    pub const fn per_minute(requests: u32, burst: u32) -> Self {
        Self { requests, window: Duration::from_secs(60), burst }
    }

    fn interval_ms(self) -> i64 {
        let window = i64::try_from(self.window.as_millis()).unwrap_or(i64::MAX);
        (window / i64::from(self.requests.max(1))).max(1)
    }
}

/// Every rule with its figures.
#[derive(Clone, Copy, Debug)]
pub struct Rates {
    /// All requests without a valid credential together.
    pub global: Rate,
    pub per_person: Rate,
    /// By address, IPv6 by /64.
    pub per_address: Rate,
    /// Sign-ins by address and account, counted before verifying and given back on success.
    pub sign_in: Rate,
    /// Messages by person.
    pub messages: Rate,
}

impl Default for Rates {
    fn default() -> Self {
        Self {
            global: Rate::per_minute(1000, 100),
            per_person: Rate::per_minute(100, 20),
            per_address: Rate::per_minute(200, 50),
            sign_in: Rate { requests: 5, window: Duration::from_secs(300), burst: 2 },
            messages: Rate::per_minute(60, 10),
        }
    }
}

/// Which rule, for whom.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Key {
    Global,
    Person(UserId),
    Address(IpAddr),
    SignIn(Option<IpAddr>, String),
    Messages(UserId),
}

impl Key {
    pub fn address(address: IpAddr) -> Self {
        Self::Address(network(address))
    }

    pub fn sign_in(address: Option<IpAddr>, login: String) -> Self {
        Self::SignIn(address.map(network), login)
    }

    fn rule(&self, rates: &Rates) -> (&'static str, Rate) {
        match self {
            Self::Global => ("global", rates.global),
            Self::Person(_) => ("person", rates.per_person),
            Self::Address(_) => ("address", rates.per_address),
            Self::SignIn(..) => ("sign-in", rates.sign_in),
            Self::Messages(_) => ("messages", rates.messages),
        }
    }
}

/// One subscriber of IPv6 has a whole /64 to himself.
pub(crate) fn network(address: IpAddr) -> IpAddr {
    match address.to_canonical() {
        IpAddr::V6(address) => IpAddr::V6(Ipv6Addr::from_bits(address.to_bits() & !u128::from(u64::MAX))),
        v4 => v4,
    }
}

/// What a refused client is told.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Exceeded {
    pub rule: &'static str,
    pub rate: Rate,
    pub retry_after: Duration,
}

/// The rule that refused, and whom.
type Refused = (&'static str, Option<IpAddr>, Option<UserId>);

pub struct Limiter {
    clock: Clock,
    rates: RwLock<Rates>,
    /// By key, when its bucket is full again (GCRA's "theoretical arrival time"), in milliseconds.
    full_at: Mutex<HashMap<Key, i64>>,
    refusals: Mutex<HashMap<Refused, u64>>,
}

/// How often somebody was refused since the last reading.
pub struct Refusals {
    pub rule: &'static str,
    pub address: Option<IpAddr>,
    pub user: Option<UserId>,
    pub count: u64,
}

impl Limiter {
    pub fn new(clock: Clock, rates: Rates) -> Self {
        Self { clock, rates: RwLock::new(rates), full_at: Mutex::default(), refusals: Mutex::default() }
    }

    /// Other figures from now on; what was taken stays taken.
    pub fn change(&self, rates: Rates) {
        *self.rates.write().unwrap_or_else(PoisonError::into_inner) = rates;
    }

    fn rates(&self) -> Rates {
        *self.rates.read().unwrap_or_else(PoisonError::into_inner)
    }

    /// Takes a place, or says how long until there is one.
    pub fn take(&self, key: &Key) -> Result<()> {
        let (rule, rate) = key.rule(&self.rates());
        let now = self.clock.now();
        let mut full_at = lock(&self.full_at);
        let full = full_at.get(key).copied().unwrap_or(0).max(now.0);
        let interval = rate.interval_ms();
        let next = full + interval;
        let allowed_from = next - interval * i64::from(rate.burst.max(1));
        if allowed_from > now.0 {
            let retry_after = Moment(allowed_from).since(now);
            return Err(Error::limited(Exceeded { rule, rate, retry_after }));
        }
        if full_at.len() >= KEYS_MAX && !full_at.contains_key(key) {
            make_room(&mut full_at, now);
        }
        full_at.insert(key.clone(), next);
        Ok(())
    }

    /// Takes a place for a request; being refused is counted for the record.
    pub fn admit(&self, key: &Key, address: Option<IpAddr>, user: Option<UserId>) -> Result<()> {
        let counted = |error: &Error| self.count_refusal(error.rule().unwrap_or("request"), address, user);
        self.take(key).inspect_err(counted)
    }

    /// The same for somebody of whom only the address is known.
    pub fn admit_stranger(&self, address: Option<IpAddr>) -> Result<()> {
        if let Some(address) = address {
            self.admit(&Key::address(address), Some(address), None)?;
        }
        self.admit(&Key::Global, address, None)
    }

    /// Gives a place back: what it was taken for turned out well.
    pub fn give_back(&self, key: &Key) {
        let (_, rate) = key.rule(&self.rates());
        if let Some(full) = lock(&self.full_at).get_mut(key) {
            *full -= rate.interval_ms();
        }
    }

    /// Counts a refusal for the record, which gets one row per source and minute.
    pub fn count_refusal(&self, rule: &'static str, address: Option<IpAddr>, user: Option<UserId>) {
        let mut refusals = lock(&self.refusals);
        if refusals.len() < KEYS_MAX {
            *refusals.entry((rule, address.map(network), user)).or_default() += 1;
        }
    }

    /// What was refused since the last call.
    pub fn take_refusals(&self) -> Vec<Refusals> {
        let refusals = std::mem::take(&mut *lock(&self.refusals));
        let reading = |((rule, address, user), count)| Refusals { rule, address, user, count };
        refusals.into_iter().map(reading).collect()
    }
}

/// Forgets the keys that are full again; if that is not enough, those nearest to it.
fn make_room(full_at: &mut HashMap<Key, i64>, now: Moment) {
    full_at.retain(|_, full| *full > now.0);
    if full_at.len() >= KEYS_MAX / 2 {
        let mut times: Vec<i64> = full_at.values().copied().collect();
        let (_, median, _) = times.select_nth_unstable(full_at.len() / 2);
        let median = *median;
        full_at.retain(|_, full| *full > median);
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::net::Ipv4Addr;

    fn limiter() -> Limiter {
        Limiter::new(Clock::manual(Moment(1_000_000)), Rates::default())
    }

    fn passing(limiter: &Limiter, key: &Key) -> usize {
        (0..1000).take_while(|_| limiter.take(key).is_ok()).count()
    }

    #[test]
    fn a_burst_passes_and_then_one_each_interval() {
        let (limiter, key) = (limiter(), Key::Address(Ipv4Addr::LOCALHOST.into()));
        assert_eq!(passing(&limiter, &key), 50);
        limiter.clock.advance(Duration::from_millis(299));
        assert_eq!(passing(&limiter, &key), 0);
        limiter.clock.advance(Duration::from_millis(1));
        assert_eq!(passing(&limiter, &key), 1);
        limiter.clock.advance(Duration::from_secs(3600));
        assert_eq!(passing(&limiter, &key), 50);
    }

    #[test]
    fn a_place_given_back_can_be_taken_again() {
        let (limiter, key) = (limiter(), Key::sign_in(None, "alice".to_owned()));
        for _ in 0..100 {
            limiter.take(&key).expect("a place");
            limiter.give_back(&key);
        }
        assert_eq!(passing(&limiter, &key), 2);
    }

    #[test]
    fn neighbours_in_one_ipv6_network_share_and_strangers_do_not() {
        let key = |text: &str| Key::address(text.parse().expect("an address"));
        assert_eq!(key("2001:db8::1"), key("2001:db8::ffff:1"));
        assert_ne!(key("2001:db8::1"), key("2001:db8:0:1::1"));
        assert_eq!(key("::ffff:192.0.2.1"), key("192.0.2.1"));
        assert_ne!(key("192.0.2.1"), key("192.0.2.2"));
    }

    #[test]
    fn a_flood_of_keys_takes_bounded_memory() {
        let limiter = limiter();
        for number in 0..=u32::try_from(KEYS_MAX).expect("it fits") + 10 {
            limiter.take(&Key::Address(Ipv4Addr::from_bits(number).into())).expect("a place");
        }
        assert!(lock(&limiter.full_at).len() <= KEYS_MAX);
    }
}
