//! What members may see of each other, and whom they do not want to hear from. Never more than a name, a role and since
//! when: an address is its owner's business.

pub mod routes;
