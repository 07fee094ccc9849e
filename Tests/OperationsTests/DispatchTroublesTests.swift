import Core
import Operations
import Testing

/// What a sending says of what did not arrive.
struct DispatchTroublesTests {
    private static func mail(
        _ names: String...,
        because: (String) -> String
    ) -> [(recipient: Recipient, reason: String)] {
        names.map { (.address("\($0)@example.com"), because("\($0)@example.com")) }
    }

    @Test func `a server that is away is one line, however many messages wait for it`() {
        var outcome = Dispatch.Outcome()
        outcome.deferred = Self.mail("ada", "ben", "cleo", "dora", "eve") { _ in "no connection to mx:25: refused" }
        outcome.untried = 12
        let shop = Recipient.channel(ChannelName("shop"))
        outcome.deferred.append((shop, "the webhook answered 503"))
        #expect(
            outcome.troubles.map(\.text) == [
                "5 messages by mail (to ada@example.com, ben@example.com, cleo@example.com and 2 more) wait: no "
                    + "connection to mx:25: refused; they stay queued and go out with the next night or curfew messages "
                    + "send",
                "a message to channel shop waits: the webhook answered 503; it stays queued and goes out with the next "
                    + "night or curfew messages send",
            ]
        )
        #expect(
            outcome.troubles.last?.discreet
                == "a message to channel shop waits; it stays queued and goes out with the next night or curfew "
                + "messages send"
        )
        #expect(
            outcome.untriedText == "12 more messages were not tried; the next night or curfew messages send tries them"
        )
        #expect(Dispatch.Outcome().untriedText == nil)
        #expect(Dispatch.Outcome().troubles.isEmpty)
    }

    @Test func `answers that differ by the address alone are one, and others are counted`() {
        var outcome = Dispatch.Outcome()
        outcome.deferred =
            Self.mail("ada", "ben", "cleo") { "451 4.7.1 <\($0)>: try again" } + Self.mail("dora") { _ in "timed out" }
        #expect(outcome.troubles.count == 1)
        #expect(
            outcome.troubles.first?.text.contains(
                "451 4.7.1 its recipient: try again (and another reason: curfew messages)"
            )
                == true
        )
    }

    @Test func `what was refused or is uncertain is said by its reason, with what to do`() {
        var outcome = Dispatch.Outcome()
        outcome.refused =
            Self.mail("ada", "ben") { "550 no such user \($0)" } + Self.mail("cleo") { _ in "552 too big" }
        outcome.uncertain = Self.mail("dora") { _ in "it broke off after DATA" }
        let lines = outcome.troubles.map(\.text)
        #expect(lines.count == 3)
        #expect(
            lines[0].hasPrefix("2 messages by mail (to ada@example.com, ben@example.com) were refused: 550 no such")
        )
        #expect(lines[1].hasPrefix("a message to cleo@example.com was refused: 552 too big; correct the settings"))
        #expect(
            lines[2].hasPrefix("nobody knows whether a message to dora@example.com arrived: it broke off after DATA")
        )
    }
}
