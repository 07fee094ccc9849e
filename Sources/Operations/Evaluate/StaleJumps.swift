import Core
import Foundation

/// Counts, per account, what turned stale since an evaluation of about a day ago (P7).
struct StaleJumps {
    private let accounts: [AccountID: AccountRecord]
    private let compared: [AccountID: Date]
    private let now: Date
    private var counts: [AccountID: Breaker.Count] = [:]
    private var incomplete: Set<AccountID> = []

    init(wiring: Wiring, accounts: [AccountID: AccountRecord], now: Date) async throws {
        self.accounts = accounts
        self.now = now
        compared = try await wiring.store.completeEvaluations(upTo: now.later(by: .zero - Breaker.apart))
    }

    mutating func count(_ record: EnvironmentRecord, isRead: Bool, staleSince: Date?) {
        guard record.kind != .permanent, record.endedAt == nil else { return }
        for account in Set(record.targets.map(\.target.account)) {
            if !isRead { incomplete.insert(account) }
            counts[account, default: Breaker.Count()].standing += 1
            if let staleSince, let since = since(account), staleSince > since { counts[account]?.turned += 1 }
        }
    }

    private func since(_ account: AccountID) -> Date? {
        Breaker.since(compared: compared[account], accepted: accounts[account]?.acceptedAt)
    }

    /// Accounts about all of whose environments something could be concluded.
    var complete: [AccountID] { accounts.keys.filter { !incomplete.contains($0) }.sorted() }

    /// New holds; an account that is held already is not among them.
    func holds(_ breaker: Breaker) -> [AccountHold] {
        counts.filter { account, count in accounts[account]?.hold == nil && breaker.trips(on: count) }
            .sorted { $0.key < $1.key }
            .map { account, count in
                let since = since(account).map { " since \($0.minuteText)" } ?? ""
                return AccountHold(
                    account: account,
                    since: now,
                    because: "\(count.turned) of its \(count.standing) environments turned stale\(since)"
                )
            }
    }
}
