use serde_json::{Value, json};

use crate::door::Door;

fn address(number: u32) -> Value {
    json!({ "line1": format!("Keizersgracht {number}"), "city": "Amsterdam", "postalCode": "1015 AA", "country": "NL" })
}

#[tokio::test]
async fn an_address_is_added_shown_and_removed() {
    let door = Door::open().await;
    let user = door.customer("ada@example.com").await;
    let path = format!("/projects/p/users/{}/addresses", user.id);
    let added = door.api.post(&path, address(1)).await.expect(201);
    assert_eq!(
        added,
        json!({
            "object": "userAddress", "id": added["id"], "user": user.id, "line1": "Keizersgracht 1", "line2": null,
            "city": "Amsterdam", "state": null, "postalCode": "1015 AA", "country": "NL",
            "createdAt": "2031-03-04T05:06:07Z",
        })
    );
    let one = format!("{path}/{}", added["id"].as_str().unwrap());
    assert_eq!(door.api.get(&one).await.expect(200), added);
    assert_eq!(door.api.get(&path).await.expect(200)["items"], json!([added]));
    assert_eq!(door.api.delete(&one).await.expect(200), added);
    door.api.get(&one).await.expect_error(404);
    door.api.delete(&one).await.expect_error(404);
    assert_eq!(door.api.get(&path).await.expect(200)["items"], json!([]));
    door.api.post(&path, address(1)).await.expect(201);
}

#[tokio::test]
async fn the_same_address_is_added_once_and_ten_are_the_limit() {
    let door = Door::open().await;
    let user = door.customer("ada@example.com").await;
    let path = format!("/projects/p/users/{}/addresses", user.id);
    for number in 0..10 {
        door.api.post(&path, address(number)).await.expect(201);
    }
    let mut same = address(3);
    same["line1"] = json!("  keizersgracht  3");
    assert_eq!(door.api.post(&path, same).await.expect_error(422).1, "userAddressAlreadyExists");
    assert_eq!(door.api.post(&path, address(10)).await.expect_error(422).0, "invalid");
}

#[tokio::test]
async fn what_a_country_needs_must_be_given() {
    let door = Door::open().await;
    let user = door.customer("ada@example.com").await;
    let path = format!("/projects/p/users/{}/addresses", user.id);
    for (change, property) in [
        (json!({ "postalCode": null }), "postalCode"),
        (json!({ "country": "US" }), "state"),
        (json!({ "country": "US", "state": "California" }), "state"),
        (json!({ "line1": " " }), "line1"),
        (json!({ "line2": "a\nb" }), "line2"),
        (json!({ "city": "x".repeat(201) }), "city"),
    ] {
        let mut body = address(1);
        body.as_object_mut().unwrap().extend(change.as_object().unwrap().clone());
        let answer = door.api.post(&path, body).await.expect(422);
        assert_eq!(answer["code"], "userAddressInvalid", "{change}");
        assert_eq!(answer["details"][0]["property"], property, "{change}");
    }
    let worse = json!({ "line1": " ", "city": "", "country": "US", "state": "California" });
    let answer = door.api.post(&path, worse).await.expect(422);
    let told = answer["details"].as_array().unwrap().iter();
    let told = told.map(|detail| (detail["property"].as_str().unwrap(), detail["code"].as_str().unwrap()));
    let expected = [
        ("line1", "addressPropertyIncomplete"),
        ("postalCode", "addressPropertyIncomplete"),
        ("city", "addressPropertyIncomplete"),
        ("state", "addressPropertyInvalid"),
    ];
    assert_eq!(told.collect::<Vec<_>>(), expected, "all mistakes at once");
    let mut nowhere = address(1);
    nowhere["country"] = json!("nl");
    assert_eq!(door.api.post(&path, nowhere).await.expect(422)["details"][0]["property"], "country");
    let hong_kong = json!({ "line1": "1 Nathan Road", "city": "Kowloon", "country": "HK" });
    door.api.post(&path, hong_kong).await.expect(201);
}

#[tokio::test]
async fn addresses_of_others_do_not_exist() {
    let door = Door::open().await;
    let [ada, bob] = [door.customer("ada@example.com").await, door.customer("bob@example.com").await];
    let added =
        door.api.post(&format!("/projects/p/users/{}/addresses", ada.id), address(1)).await.expect(201);
    let foreign = format!("/projects/p/users/{}/addresses/{}", bob.id, added["id"].as_str().unwrap());
    door.api.get(&foreign).await.expect_error(404);
    door.api.delete(&foreign).await.expect_error(404);
    let nobody = "/projects/p/users/usr_0000000000000000000001/addresses";
    door.api.get(nobody).await.expect_error(404);
    door.api.post(nobody, address(1)).await.expect_error(404);
}
