//! What was acknowledged is there, once, under the number that was told; and the numbers have no gap.

use crate::{
    Result,
    house::House,
    http::{self, Connection},
};
use std::{
    collections::{HashMap, HashSet},
    net::SocketAddr,
};
use uuid::Uuid;

/// What a sender was told.
#[derive(Clone, Copy, Debug)]
pub struct Acknowledged {
    /// The place of its room in the house.
    pub room: usize,
    pub client_id: Uuid,
    pub number: i64,
}

/// Reads every room back.
pub async fn messages(address: SocketAddr, house: &House, sent: &[Acknowledged]) -> Result<()> {
    let mut connection = Connection::open(address).await?;
    for (at, room) in house.rooms.iter().enumerate() {
        let acknowledged: HashMap<Uuid, i64> = sent
            .iter()
            .filter(|message| message.room == at)
            .map(|message| (message.client_id, message.number))
            .collect();
        let (mut after, mut found) = (0, HashSet::new());
        loop {
            let path = format!("/api/v1/rooms/{room}/changes?after={after}");
            let request = http::request("GET", &path, &house.people[0].token, "");
            let page = connection.send(&request).await?.expect(200)?;
            for event in page["data"]["events"].as_array().ok_or("a list of events")? {
                let number = event["seq"].as_i64().ok_or("a number")?;
                if number != after + 1 {
                    return Err(format!("room {at}: event {number} follows {after}").into());
                }
                after = number;
                let Some(client_id) = event["data"]["client_id"].as_str() else { continue };
                let client_id = client_id.parse()?;
                if !found.insert(client_id) {
                    return Err(format!("room {at}: message {client_id} is there twice").into());
                }
                if acknowledged.get(&client_id).is_some_and(|told| *told != number) {
                    return Err(format!("room {at}: message {client_id} was acknowledged under another number").into());
                }
            }
            if page["data"]["more"] == false {
                break;
            }
        }
        if let Some(lost) = acknowledged.keys().find(|client_id| !found.contains(*client_id)) {
            return Err(format!("room {at}: message {lost} was acknowledged and is not there").into());
        }
    }
    Ok(())
}
