import Curl
import Foundation

/// What a mail server reports later of a message that was taken (RFC 3464).
package struct Bounce: Sendable, Hashable {
    /// The id that the message was composed with; nil where the report names none.
    package let messageID: String?
    package let recipient: String
    /// Such as `5.1.1`; empty where the report gives none.
    package let status: String
    /// The server gave up; otherwise it is still trying.
    package let isPermanent: Bool
    /// In the server's words, on one line.
    package let reason: String

    package init(messageID: String?, recipient: String, status: String, isPermanent: Bool, reason: String) {
        self.messageID = messageID
        self.recipient = recipient
        self.status = status
        self.isPermanent = isPermanent
        self.reason = reason
    }
}

extension Bounce {
    /// Every recipient that the report says failed or is late; none where the mail is no such report.
    ///
    /// Anybody can write such a mail: it may take away that a message was delivered, never the contrary.
    package static func all(in mail: [UInt8]) -> [Bounce] {
        let whole = MIMEPart(mail)
        guard let report = whole.first(of: "multipart/report"),
            report.parameter("report-type") != "disposition-notification"
        else { return [] }
        guard let status = report.first(of: ["message/delivery-status", "message/global-delivery-status"]) else {
            return []
        }
        let id = originalID(report, status)
        // The first group is about the message, each further one about a recipient.
        let groups = MIMEPart.groups(status.decoded)
        return groups.dropFirst().compactMap { group in
            guard let recipient = group["original-recipient"] ?? group["final-recipient"] else { return nil }
            // Some add a comment after the word.
            let action = String((group["action"] ?? "").lowercased().prefix { $0.isLetter })
            guard action == "failed" || action == "delayed" else { return nil }
            return Bounce(
                messageID: id,
                recipient: address(recipient),
                status: String((group["status"] ?? "").trimmingWhitespace.prefix { $0 == "." || $0.isNumber }),
                isPermanent: action == "failed",
                reason: words(group["diagnostic-code"] ?? group["x-ses-diagnostic-code"] ?? "", report)
            )
        }
    }

    /// Our own header where the message came back with it, else the left half of its Message-ID.
    private static func originalID(_ report: MIMEPart, _ status: MIMEPart) -> String? {
        let types = ["message/rfc822", "text/rfc822-headers", "message/rfc822-headers", "message/global"]
        let returned = report.first(of: types + ["message/global-headers"])
        guard let original = returned.map({ MIMEPart($0.decoded) }) else { return nil }
        if let key = original[MailMessage.keyHeader.lowercased()] { return key.trimmingWhitespace }
        guard let id = original["message-id"], let open = id.firstIndex(of: "<"), let at = id.firstIndex(of: "@"),
            open < at
        else { return nil }
        return String(id[id.index(after: open)..<at])
    }

    /// `rfc822; ada@example.com`.
    private static func address(_ field: String) -> String {
        let text = field.split(separator: ";", maxSplits: 1).last.map(String.init) ?? field
        return visible(text.trimmingCharacters(in: .init(charactersIn: " \t<>")))
    }

    /// `smtp; 550 5.1.1 no such user`; where there is none, the first words meant for people.
    private static func words(_ field: String, _ report: MIMEPart) -> String {
        let parts = field.split(separator: ";", maxSplits: 1, omittingEmptySubsequences: false)
        let code = parts.count == 2 ? String(parts[1]) : field
        if !code.allSatisfy(\.isWhitespace) { return visible(code) }
        let text = report.first(of: "text/plain").map { String(decoding: $0.decoded, as: UTF8.self) } ?? ""
        return visible(String(text.prefix(400)))
    }
}
