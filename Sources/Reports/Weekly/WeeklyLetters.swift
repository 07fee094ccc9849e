package import Core
import Foundation

/// One edition as it is mailed.
package struct WeeklyLetter: Sendable {
    package let edition: WeeklyReport.Edition
    /// For nobody in particular yet: see `letter(to:)`.
    let letter: Letter
    let week: ISOWeek
    /// Without news an owner is not written to.
    package let hasNews: Bool

    package init(_ report: WeeklyReport, _ templates: WeeklyTemplates) throws(TemplateProblems) {
        var report = report
        report.isMailed = true
        edition = report.edition
        week = report.week
        hasNews = report.hasNews
        let (html, rows) = try report.page(templates)
        // Who runs the platform always gets the file; an owner only where the mail does not have everything.
        let isWhole = report.edition != .platform && !report.isCut(at: rows)
        letter = Letter(
            subject: report.subject,
            text: report.mailText(),
            html: html,
            attachments: isWhole
                ? [] : [Letter.Attachment(name: report.csvName, mediaType: "text/csv", text: report.csv())],
            id: LetterID("weekly-\(report.week)"),
            list: "weekly",
            date: report.moment.now
        )
    }

    /// The letter for one recipient, under an id that is the same however often it is made for that week.
    package func letter(to recipient: Recipient) -> Letter {
        var letter = letter
        letter.id = LetterID("weekly-\(week)-\("\(Digest(of: recipient.text))".prefix(16))")
        return letter
    }
}

extension WeeklyBook {
    /// The full edition first, then one for each reader who has, or had this week, anything at all.
    ///
    /// `readers` are people that own things under several names; every other owner is a reader of their own. Templates
    /// that cannot be used stop all of them: half a mail is never sent.
    package func letters(
        _ templates: WeeklyTemplates,
        readers: [WeeklyReader] = []
    ) throws(TemplateProblems) -> [WeeklyLetter] {
        var letters = [try WeeklyLetter(report(.platform), templates)]
        for reader in self.readers(readers) { letters.append(try WeeklyLetter(report(.owner(reader)), templates)) }
        return letters
    }

    /// The given readers that own something, and every owner who is none of them.
    package func readers(_ known: [WeeklyReader]) -> [WeeklyReader] {
        let owners = Set(owners)
        let present = known.filter { !owners.isDisjoint(with: $0.owners) }
        let named = present.reduce(into: Set<String>()) { $0.formUnion($1.owners) }
        return present + owners.subtracting(named).sorted().map { WeeklyReader(name: $0, owners: [$0]) }
    }
}

/// Somebody who gets one edition for everything they own, under whichever names.
package struct WeeklyReader: Sendable, Hashable {
    package let name: String
    /// Owners as environments have them.
    package let owners: Set<String>

    package init(name: String, owners: Set<String>) {
        self.name = name
        self.owners = owners
    }
}
