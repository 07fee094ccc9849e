import Core
import Foundation
import Operations
import Reports
import Synchronization

/// Takes letters as a test says, and remembers every one that was handed over.
final class PostOffice: Courier {
    struct Delivery: Sendable {
        let letter: Letter
        let recipient: Recipient
        let outcome: DeliveryOutcome
        let at: Date
    }

    private struct State {
        var answers: [Recipient: [DeliveryOutcome]] = [:]
        var always: [Recipient: DeliveryOutcome] = [:]
        var everybody: DeliveryOutcome?
        var deliveries: [Delivery] = []
    }

    private let state = Mutex(State())
    private let clock: @Sendable () -> Date

    init(clock: @escaping @Sendable () -> Date) { self.clock = clock }

    /// The next answers for this recipient; after them, what `always` says.
    func answer(_ recipient: Recipient, _ outcomes: DeliveryOutcome...) {
        state.withLock { $0.answers[recipient, default: []] += outcomes }
    }

    func always(_ recipient: Recipient, _ outcome: DeliveryOutcome?) {
        state.withLock { $0.always[recipient] = outcome }
    }

    func everybody(_ outcome: DeliveryOutcome?) { state.withLock { $0.everybody = outcome } }

    func deliver(_ letter: Letter, to recipient: Recipient) async -> DeliveryOutcome {
        let now = clock()
        return state.withLock { state in
            var outcome = state.everybody ?? state.always[recipient] ?? .accepted("250 ok")
            if var answers = state.answers[recipient], !answers.isEmpty {
                outcome = answers.removeFirst()
                state.answers[recipient] = answers
            }
            state.deliveries.append(Delivery(letter: letter, recipient: recipient, outcome: outcome, at: now))
            return outcome
        }
    }

    var deliveries: [Delivery] { state.withLock { $0.deliveries } }
    /// Letters that the other side took.
    var accepted: [Delivery] { deliveries.filter { if case .accepted = $0.outcome { true } else { false } } }
    func accepted(by recipient: Recipient) -> [Letter] { accepted.filter { $0.recipient == recipient }.map(\.letter) }
    func forget() { state.withLock { $0.deliveries = [] } }
}

/// The same, and each delivery takes half a minute.
struct SlowPost: Courier {
    let post: PostOffice
    let clock: TestClock

    func deliver(_ letter: Letter, to recipient: Recipient) async -> DeliveryOutcome {
        clock.pass(.seconds(30))
        return await post.deliver(letter, to: recipient)
    }
}

/// The same, and something happens while each letter is on its way.
struct EventfulPost: Courier {
    let post: PostOffice
    let meanwhile: @Sendable () async throws -> Void

    func deliver(_ letter: Letter, to recipient: Recipient) async -> DeliveryOutcome {
        do { try await meanwhile() } catch { return .refused("the test itself failed: \(error)") }
        return await post.deliver(letter, to: recipient)
    }
}

extension Scenario {
    static let ada = Recipient.address("ada@example.com")
    static let ben = Recipient.address("ben@example.com")
    static let desk = Recipient.address("platform@example.com")

    /// Stale at once, warned of three days before, reminded one day before.
    static let warning = strict.replacing("warn: none", with: "warn: { before: 3d, remind: [1d] }")

    static var book: AddressBook {
        AddressBook(
            people: [
                AddressBook.Entry(
                    name: "ada",
                    owns: [OwnerName("ada"), OwnerName("ada@example.com")],
                    addresses: ["ada@example.com"],
                    groups: ["platform"],
                    logins: ["ada"]
                ),
                AddressBook.Entry(
                    name: "ben",
                    owns: [OwnerName("ben"), OwnerName("ben@example.com")],
                    addresses: ["ben@example.com"],
                    groups: [],
                    logins: ["ben"]
                ),
            ],
            platform: [desk]
        )
    }

    func post() -> PostOffice { PostOffice(clock: wiring.clock) }

    func notifying(
        _ post: any Courier,
        book: AddressBook = Scenario.book,
        locks: (any Locks)? = nil,
        stop: StopRequest = .never
    ) -> Notify {
        let clock = clock
        let zone = TimeZone(identifier: "UTC") ?? .current
        return Notify(
            wiring,
            book: book,
            dispatch: Dispatch(wiring, courier: post, locks: locks ?? ledger, stop: stop, sleep: { clock.pass($0) }),
            isSetUp: true,
            compose: { NoticeText.letter($0, zone: zone) }
        )
    }

    @discardableResult
    func notify(_ post: any Courier, book: AddressBook = Scenario.book) async throws -> Notify.Outcome {
        clock.pass(.seconds(1))
        return try await notifying(post, book: book).run(until: nil)
    }
}
