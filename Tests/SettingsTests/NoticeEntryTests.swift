import Core
import Settings
import Testing

@Suite struct NoticeEntryTests {
    private static let channels = """
        channels:
          shop: { slack: "env:SHOP_WEBHOOK" }
          crew: { teams: "file:/run/secrets/crew" }
          room: { mattermost: "aws-ssm:/curfew/room" }
          pager: { command: [/usr/local/bin/page, --team, platform, platform] }

        """

    private func wrong(_ text: String) -> String {
        problems(inSettings: oneAccount + Self.channels + text + "\n").joined(separator: "\n")
    }

    @Test func `channels are webhooks or commands`() throws {
        let read = try settings(oneAccount + Self.channels).channels
        #expect(
            read == [
                ChannelName("shop"): .slack(.environment("SHOP_WEBHOOK")),
                ChannelName("crew"): .teams(.file("/run/secrets/crew")),
                ChannelName("room"): .mattermost(.parameter("/curfew/room")),
                ChannelName("pager"): .command(["/usr/local/bin/page", "--team", "platform", "platform"]),
            ]
        )
        #expect(try settings(oneAccount).channels.isEmpty)
    }

    @Test func `routes lead to addresses and channels, in the file's order`() throws {
        let text = """
            notices:
              routes:
                - { owner: "team-*", to: "{owner}@example.com" }
                - { owner: shop, to: [shop, ops@example.com] }
              platform: [platform@example.com, pager]

            """
        let read = try settings(oneAccount + Self.channels + text).notices
        #expect(
            read
                == NoticeSettings(
                    routes: [
                        NoticeSettings.Route(owner: "team-*", to: [.address("{owner}@example.com")]),
                        NoticeSettings.Route(
                            owner: "shop",
                            to: [.channel(ChannelName("shop")), .address("ops@example.com")]
                        ),
                    ],
                    platform: [.address("platform@example.com"), .channel(ChannelName("pager"))]
                )
        )
        #expect(try settings(oneAccount).notices == NoticeSettings())
    }

    @Test(arguments: [
        ("notices: { platform: sohp }", "did you mean `shop`? known: crew, pager, room, shop"),
        (
            "notices: { platform: \"{owner}@example.com\" }",
            "`notices.platform` is `{owner}@example.com`, expected an address"
        ),
        ("notices: { routes: [{ owner: a, to: \"{team}@example.com\" }] }", "`{owner}` may stand for the owner's name"),
        ("notices: { routes: [{ owner: a, to: \"a@b@c\" }] }", "expected an address"),
        ("notices: { routes: [{ owner: a, to: \"a@example.com, b@example.com\" }] }", "expected an address"),
        ("notices: { routes: [{ owner: a }] }", "`notices.routes[1]` lacks `to`"),
        ("notices: { platform: [shop, shop] }", "`shop` is named twice"),
        ("notices: { platform: [] }", "is an empty list"),
        ("notices: { platfrom: shop }", "did you mean `platform`?"),
    ])
    func `what leads nowhere is said`(text: String, expected: String) {
        #expect(wrong(text).contains(expected), "\(wrong(text))")
    }

    @Test(arguments: [
        ("{ slack: \"https://hooks.example.com/services/T0/B0/hunter2\" }", "`channels.x.slack` is no reference"),
        ("{ command: [] }", "is an empty list"), ("{}", "`channels.x` needs exactly one of"),
        ("{ slack: \"env:A\", teams: \"env:B\" }", "`channels.x` needs exactly one of"),
        ("{ slak: \"env:A\" }", "did you mean `slack`?"),
    ])
    func `P17 a channel that is none is said, and no address of a webhook is shown`(entry: String, expected: String) {
        let found = problems(inSettings: oneAccount + "channels: { x: \(entry) }\n").joined(separator: "\n")
        #expect(found.contains(expected), "\(found)")
        #expect(!found.contains("hunter2"))
    }

    @Test func `an address is no channel's name`() {
        let found = problems(inSettings: oneAccount + "channels: { \"a@b\": { slack: \"env:A\" } }\n")
        #expect(found.first?.hasPrefix("curfew.yaml:2:13: no channel can be called `a@b`") == true)
    }
}
