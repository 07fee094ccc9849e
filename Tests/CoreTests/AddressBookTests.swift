import Core
import Testing

@Suite struct AddressBookTests {
    private static let book = AddressBook(
        people: [
            .init(
                name: "ada",
                owns: [OwnerName("ada"), OwnerName("Ada@Example.com")],
                addresses: ["ada@example.com", "ada@home.example"],
                groups: ["platform"],
                logins: ["ada_l"]
            ),
            .init(name: "mute", owns: [OwnerName("mute")], addresses: [], groups: ["platform"], logins: ["mute"]),
        ],
        routes: [
            .init(owner: "team-*", to: [.address("{owner}@example.com")]),
            .init(owner: "shop", to: [.channel(ChannelName("shop")), .address("shop@example.com")]),
        ],
        domains: ["example.com"],
        fallback: OwnerName("team-platform"),
        platform: [.address("all@example.com")]
    )

    @Test(arguments: [
        ("ada", "mail:ada@example.com"), ("ADA@example.com", "mail:ada@example.com"),
        ("team-checkout", "mail:team-checkout@example.com"), ("shop", "channel:shop mail:shop@example.com"),
        ("someone@example.com", "mail:someone@example.com"),
    ])
    func `owners are found as people, by patterns, or as addresses of our domains`(owner: String, text: String) {
        let found = Self.book.recipients(of: OwnerName(owner))
        #expect(found.recipients.map(\.text).joined(separator: " ") == text)
        #expect(!found.isStandIn)
    }

    @Test(arguments: [
        "eve@elsewhere.example", "mute", "team checkout", "team-a@b.example,x", "team-x\r\nBcc: y",
        "someone@example.com.evil.example",
        "\"a b\"@example.com", "a,b@example.com", "ünï@example.com",
    ])
    func `whoever can tag a stack has no mail sent elsewhere`(owner: String) {
        let found = Self.book.recipients(of: OwnerName(owner))
        #expect(found.recipients == [.address("team-platform@example.com")], "\(found)")
        #expect(found.isStandIn)
    }

    @Test func `without a fallback the platform is told, and without that nobody`() {
        var book = Self.book
        book.fallback = nil
        #expect(book.recipients(of: nil).recipients == [.address("all@example.com")])
        book.platform = []
        #expect(book.recipients(of: nil).recipients.isEmpty)
    }

    @Test func `approvers are written to at their first address, where they have one`() {
        #expect(Self.book.recipients(ofGroup: "platform") == [.address("ada@example.com")])
        #expect(Self.book.recipient(ofLogin: "ada_l") == .address("ada@example.com"))
        #expect(Self.book.recipient(ofLogin: "mute") == nil)
        #expect(Self.book.recipients(ofPerson: "ada") == [.address("ada@example.com")])
    }
}
