import Foundation

extension MailMessage {
    /// The message as it goes over the wire, with CRLF at the end of every line.
    ///
    /// Lines have at most 76 characters but for a few headers whose words must stay whole, and those at most 998.
    package func composed() throws(MailProblem) -> [UInt8] {
        try Array((headers() + body()).utf8)
    }

    private func headers() throws(MailProblem) -> String {
        guard !id.isEmpty, id.utf8.count <= 200, id.utf8.allSatisfy({ isAlphanumeric($0) || "-_.".utf8.contains($0) })
        else { throw MailProblem("Message-ID", "may hold letters, digits, '-', '_' and '.' only") }
        var text = HeaderText.address("From", from)
        text += HeaderText.address("To", to)
        if let replyTo { text += HeaderText.address("Reply-To", replyTo) }
        text += try HeaderText.free("Subject", subject)
        text += "Date: \(mailDate(date))\r\n"
        text += try HeaderText.exact("Message-ID", "<\(id)@\(from.domain)>")
        text += try HeaderText.exact(Self.keyHeader, id)
        // Whoever answers by machine shall not answer this (RFC 3834; the second is Exchange's). `Precedence: bulk`
        // would say nothing more, and a warning is not bulk to a filter.
        text += "Auto-Submitted: auto-generated\r\nX-Auto-Response-Suppress: All\r\n"
        if let listID {
            guard listID.utf8.allSatisfy({ isAlphanumeric($0) || "-_.".utf8.contains($0) }), !listID.isEmpty else {
                throw MailProblem("List-Id", "may hold letters, digits, '-', '_' and '.' only")
            }
            text += try HeaderText.exact("List-Id", "<\(listID)>")
        }
        text += try unsubscribing()
        return text + "MIME-Version: 1.0\r\n"
    }

    /// RFC 8058: one click is a POST, and counts with https only.
    private func unsubscribing() throws(MailProblem) -> String {
        guard let unsubscribe else { return "" }
        let name = "List-Unsubscribe"
        let isHTTPS = unsubscribe.lowercased().hasPrefix("https://")
        guard isHTTPS || unsubscribe.lowercased().hasPrefix("mailto:"),
            !unsubscribe.contains(where: { "<> ,".contains($0) })
        else { throw MailProblem(name, "has to be an https: or mailto: address") }
        let line = try HeaderText.exact(name, "<\(unsubscribe)>")
        return isHTTPS ? line + "List-Unsubscribe-Post: List-Unsubscribe=One-Click\r\n" : line
    }

    private func body() throws(MailProblem) -> String {
        guard !attachments.isEmpty else { return content }
        let boundary = boundary("m")
        var text = "Content-Type: multipart/mixed; boundary=\"\(boundary)\"\r\n\r\n"
        text += "--\(boundary)\r\n\(content)"
        for attachment in attachments { text += "\r\n--\(boundary)\r\n" + (try part(attachment)) }
        return text + "\r\n--\(boundary)--\r\n"
    }

    /// Best last, as RFC 2046 (5.1.4) has it.
    private var content: String {
        let plain = part("text/plain", text)
        guard let html else { return plain }
        let boundary = boundary("a")
        return "Content-Type: multipart/alternative; boundary=\"\(boundary)\"\r\n\r\n"
            + "--\(boundary)\r\n\(plain)\r\n--\(boundary)\r\n\(part("text/html", html))\r\n--\(boundary)--\r\n"
    }

    private func part(_ type: String, _ text: String) -> String {
        let (encoding, body) = ContentEncoding.text(text)
        return "Content-Type: \(type); charset=utf-8\r\nContent-Transfer-Encoding: \(encoding.rawValue)\r\n\r\n\(body)"
    }

    /// The very bytes, line breaks included.
    private func part(_ attachment: Attachment) throws(MailProblem) -> String {
        let type = attachment.mediaType
        let halves = type.split(separator: "/", omittingEmptySubsequences: false)
        guard halves.count == 2, type.utf8.count <= 100,
            halves.allSatisfy({ !$0.isEmpty && $0.utf8.allSatisfy { isAlphanumeric($0) || "-+.".utf8.contains($0) } })
        else { throw MailProblem("attachment's media type", "is none, such as text/csv") }
        let charset = halves[0] == "text" ? "; charset=utf-8" : ""
        return "Content-Type: \(type)\(charset)\r\n" + (try FileName.disposition(attachment.name))
            + "Content-Transfer-Encoding: base64\r\n\r\n" + ContentEncoding.base64(attachment.bytes)
    }

    /// In no part: `=_` is neither quoted-printable nor base64.
    private func boundary(_ level: String) -> String {
        // FNV-1a: it only has to look different from message to message.
        let hash = id.utf8.reduce(UInt64(0xcbf2_9ce4_8422_2325)) { ($0 ^ UInt64($1)) &* 0x100_0000_01b3 }
        return "=_\(level)_\(String(hash, radix: 16))"
    }
}

/// `Mon, 23 Nov 2026 08:00:00 +0000`.
func mailDate(_ date: Date) -> String {
    var calendar = Calendar(identifier: .gregorian)
    calendar.timeZone = .gmt
    let parts = calendar.dateComponents([.weekday, .day, .month, .year, .hour, .minute, .second], from: date)
    func two(_ number: Int?) -> String { ((number ?? 0) < 10 ? "0" : "") + String(number ?? 0) }
    let days = ["Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"]
    let months = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]
    let day = days[((parts.weekday ?? 1) - 1) % 7]
    let month = months[((parts.month ?? 1) - 1) % 12]
    let time = [parts.hour, parts.minute, parts.second].map(two).joined(separator: ":")
    return "\(day), \(two(parts.day)) \(month) \(parts.year ?? 1970) \(time) +0000"
}
