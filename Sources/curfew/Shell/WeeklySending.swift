import Core
import Foundation
import Ledger
import Operations
import Reports
import Settings

extension Session {
    /// The nights of the days that are reported on; nil where there never was one.
    func nights(since: Date, now: Date) async throws -> [WeeklyNight]? {
        guard let first = try await ledger.firstNight() else { return nil }
        return WeeklyNight.days(
            of: try await ledger.nights(since: since.addingTimeInterval(-86_400)),
            first: first,
            every: found.settings.night.every,
            now: now,
            zone: try reportZone
        )
    }

    /// What reached nobody, or perhaps nobody.
    func undelivered(since: Date) async throws -> [UndeliveredMessage] {
        try await ledger.messages(open: false, limit: 5_000).compactMap { message in
            guard let at = message.bouncedAt ?? message.endedAt, at >= since else { return nil }
            let state = message.bouncedAt == nil ? message.state.rawValue : "came back"
            guard message.state != .accepted || message.bouncedAt != nil else { return nil }
            return UndeliveredMessage(
                recipient: message.recipient.plain,
                subject: message.subject,
                state: state,
                because: message.bouncedBecause ?? message.reason ?? "",
                at: at
            )
        }
    }

    /// The week's letters: the full edition for the platform, and one for each owner who can be written to.
    ///
    /// Somebody on the platform's list gets the full edition alone; who answers for several owners gets one for all of
    /// them; who has nothing stale, nothing that changed and nothing to do gets none. `only`: this recipient's, and
    /// nobody else's, whatever there is to say.
    /// - Returns: also how many recipients have no news.
    func weeklyDrafts(only: Recipient?) async throws -> (drafts: [MessageDraft], quiet: Int) {
        let book = try await weeklyBook(.lastWeek)
        let templates = try weeklyTemplates()
        var letters: [Recipient: WeeklyReport.Edition] = [:]
        var readers: [Recipient: [WeeklyReader]] = [:]
        let addresses = addressBook
        for reader in book.readers(weeklyReaders) {
            let owner = reader.owners.sorted().first { !addresses.recipients(of: OwnerName($0)).isStandIn }
            for recipient in owner.map({ addresses.recipients(of: OwnerName($0)).recipients }) ?? [] {
                readers[recipient, default: []].append(reader)
            }
        }
        for (recipient, all) in readers {
            let names = all.map(\.name).sorted().joined(separator: ", ")
            letters[recipient] = .owner(
                WeeklyReader(name: names, owners: all.reduce(into: []) { $0.formUnion($1.owners) })
            )
        }
        for recipient in found.settings.notices.platform { letters[recipient] = .platform }
        var drafts: [MessageDraft] = []
        var quiet = 0
        var made: [WeeklyReport.Edition: WeeklyLetter] = [:]
        for (recipient, edition) in letters.sorted(by: { $0.key < $1.key }) where only.map({ $0 == recipient }) ?? true
        {
            let letter = try made[edition] ?? weeklyLetter(book.report(edition), templates)
            made[edition] = letter
            guard edition == .platform || letter.hasNews || only != nil else {
                quiet += 1
                continue
            }
            drafts.append(
                MessageDraft(kind: .weekly, recipient: recipient, letter: letter.letter(to: recipient), notices: [])
            )
        }
        return (drafts, quiet)
    }

    private func weeklyLetter(
        _ report: WeeklyReport,
        _ templates: WeeklyTemplates
    ) throws(Problem) -> WeeklyLetter {
        do { return try WeeklyLetter(report, templates) } catch { throw Problem(error) }
    }
}
