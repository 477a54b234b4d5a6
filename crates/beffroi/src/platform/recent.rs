//! What was needed lately, within a bound. Two generations: what is asked for moves to the young one; when that has half of
//! the room, the old one goes and the young one grows old.

use std::{
    collections::HashMap,
    hash::Hash,
    sync::{Mutex, PoisonError},
};

pub struct Recent<K, V> {
    /// What all of it may weigh, in the unit of those who keep.
    weight_max: usize,
    generations: Mutex<Generations<K, V>>,
}

struct Generations<K, V> {
    young: HashMap<K, (V, usize)>,
    young_weight: usize,
    old: HashMap<K, (V, usize)>,
}

impl<K: Eq + Hash + Clone, V: Clone> Recent<K, V> {
    pub fn new(weight_max: usize) -> Self {
        let generations = Generations { young: HashMap::new(), young_weight: 0, old: HashMap::new() };
        Self { weight_max, generations: Mutex::new(generations) }
    }

    pub fn get(&self, key: &K) -> Option<V> {
        let mut generations = self.generations.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some((value, _)) = generations.young.get(key) {
            return Some(value.clone());
        }
        let (value, weight) = generations.old.remove(key)?;
        generations.keep(key.clone(), value.clone(), weight, self.weight_max);
        Some(value)
    }

    pub fn keep(&self, key: K, value: V, weight: usize) {
        let mut generations = self.generations.lock().unwrap_or_else(PoisonError::into_inner);
        generations.keep(key, value, weight, self.weight_max);
    }
}

impl<K: Eq + Hash, V> Generations<K, V> {
    fn keep(&mut self, key: K, value: V, weight: usize, weight_max: usize) {
        if self.young_weight + weight > weight_max / 2 {
            self.old = std::mem::take(&mut self.young);
            self.young_weight = 0;
        }
        self.young_weight += weight;
        let before = self.young.insert(key, (value, weight));
        self.young_weight -= before.map_or(0, |(_, weight)| weight);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_nobody_asks_for_makes_room_and_what_is_asked_for_stays() {
        let recent = Recent::new(64);
        for number in 0..1000 {
            recent.keep(number, "a page", 1);
            assert!(recent.get(&0).is_some(), "gone after {number}");
        }
        let held = (0..1000).filter(|number| recent.get(number).is_some()).count();
        assert!((30..=64).contains(&held), "{held} are held");
    }

    #[test]
    fn what_is_kept_again_weighs_once() {
        let recent = Recent::new(64);
        recent.keep(1, "a page", 8);
        for _ in 0..100 {
            recent.keep(2, "another", 8);
        }
        assert!(recent.get(&1).is_some());
    }
}
