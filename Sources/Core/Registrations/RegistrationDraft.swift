/// What a pipeline wants to be written down; every value has been looked at.
package struct RegistrationDraft: Sendable, Hashable {
    package let name: EnvironmentName
    /// As it was said.
    package let owner: OwnerName
    /// The one who counts for that name by the settings' aliases.
    package var answers: OwnerName
    package var branch: String?
    package var repository: String?
    package var commit: String?
    package var lifetime: Duration?

    package init(name: EnvironmentName, owner: OwnerName) {
        self.name = name
        self.owner = owner
        answers = owner
    }

    /// Nobody means more, and a typing error should not keep anything for a lifetime.
    package static let longest = Duration.seconds(3_650 * 86_400)
}

/// Why a value cannot be written down.
///
/// What was given is not repeated where it may hold a secret.
package struct RegistrationMistake: Error, Sendable, Hashable {
    package let summary: String
    package let advice: String
}

/// What pipelines may say, and how it is kept.
package enum RegisteredValue {
    /// As a tag `feature` would name it.
    ///
    /// `feature/JIRA-1_x` is `feat-jira-1-x`, `checkout` is `feat-checkout`, `refs/pull/12/merge` is `pr-12`.
    package static func name(
        _ written: String,
        by names: NameEvaluator
    ) throws(RegistrationMistake) -> EnvironmentName {
        let text = try text(written, "the environment's name", most: 255)
        let reading = names.feature(text)
        switch reading.outcome {
        case .names(let name) where name.text.utf8.count <= 128: return name
        case .names:
            throw RegistrationMistake(summary: "“\(text)” is longer than a name can be", advice: "128 characters do")
        case .permanent(let word):
            throw RegistrationMistake(
                summary: "“\(text)” is no temporary environment: “\(word)” is a permanent name",
                advice: "register what will be taken down again; permanent names never are"
            )
        case .mentions, .noEvidence, .unexplained:
            throw RegistrationMistake(
                summary: "“\(text)” names no environment: \(reading.sentence)",
                advice: "write feat-x, pr-12, or what else your settings let a feature begin with"
            )
        }
    }

    package static func owner(_ written: String) throws(RegistrationMistake) -> OwnerName {
        let text = try text(written, "the owner", most: 320)
        let owners = OwnerName.owners(in: text)
        guard let owner = owners.first, owners.count == 1 else {
            throw RegistrationMistake(
                summary: owners.isEmpty ? "“\(text)” is no owner" : "“\(text)” names several owners",
                advice: "name one person or team, as the settings or your mail domain know them"
            )
        }
        return owner
    }

    package static func branch(_ written: String) throws(RegistrationMistake) -> String {
        try text(written, "the branch", most: 255)
    }

    /// SHA-1 or SHA-256, whole or at least seven digits of it.
    package static func commit(_ written: String) throws(RegistrationMistake) -> String {
        let text = try text(written, "the commit", most: 64).lowercased()
        guard text.utf8.count >= 7, text.allSatisfy({ $0.isASCII && $0.isHexDigit }) else {
            throw RegistrationMistake(summary: "“\(text)” is no commit", advice: "give its hash, 7 to 64 digits of it")
        }
        return text
    }

    package static func lifetime(_ duration: Duration) throws(RegistrationMistake) -> Duration {
        guard duration > .zero, duration <= RegistrationDraft.longest else {
            throw RegistrationMistake(
                summary: "a lifetime of \(DurationText.format(duration)) is out of range",
                advice: "give more than nothing and at most \(DurationText.format(RegistrationDraft.longest))"
            )
        }
        return duration
    }

    /// Without white space around it; nothing that a terminal or a log would take for an order.
    static func text(_ written: String, _ what: String, most: Int) throws(RegistrationMistake) -> String {
        let scalars = written.unicodeScalars
        let isSpace = { (scalar: Unicode.Scalar) in scalar == " " || scalar == "\t" || scalar == "\n" || scalar == "\r"
        }
        let text = String(
            String.UnicodeScalarView(
                scalars.drop(while: isSpace).reversed().drop(while: isSpace).reversed()
            )
        )
        guard !text.isEmpty else {
            throw RegistrationMistake(summary: "\(what) is empty", advice: "is the pipeline's variable set?")
        }
        guard text.utf8.count <= most else {
            throw RegistrationMistake(summary: "\(what) is longer than \(most) bytes", advice: "give a shorter one")
        }
        let strange: Set<Unicode.GeneralCategory> = [
            .control, .format, .lineSeparator, .paragraphSeparator, .privateUse, .surrogate, .unassigned,
        ]
        guard !text.unicodeScalars.contains(where: { strange.contains($0.properties.generalCategory) }) else {
            throw RegistrationMistake(
                summary: "\(what) has characters in it that cannot be seen",
                advice: "give it as text in one line"
            )
        }
        return text
    }
}
