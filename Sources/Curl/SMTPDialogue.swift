import CCurl

/// What libcurl's callbacks read and write while one message is sent; only ever touched on the transfer's thread.
final class SMTPDialogue {
    let cancellation: Cancellation
    private let message: [UInt8]
    private var taken = 0
    private var lines: [String] = []

    init(message: [UInt8], cancellation: Cancellation) {
        self.message = message
        self.cancellation = cancellation
    }

    /// libcurl has all of it.
    ///
    /// It sends the final dot only after that, so before nothing can have been accepted.
    private var isHandedOver: Bool { !message.isEmpty && taken == message.count }

    func fill(_ buffer: UnsafeMutableRawBufferPointer) -> Int {
        let count = min(buffer.count, message.count - taken)
        guard count > 0 else { return 0 }
        unsafe buffer.copyBytes(from: message[taken..<(taken + count)])
        taken += count
        return count
    }

    /// One line of a reply.
    func heard(_ bytes: UnsafeRawBufferPointer) {
        lines.append(unsafe String(decoding: bytes, as: UTF8.self))
        // A greeting may be long, and only the last reply is asked for.
        if lines.count > 200 { lines.removeFirst(100) }
    }

    /// `last` is the code of the last reply, 0 where there was none.
    func outcome(_ code: CURLcode, last: Int, detail: String, server: SMTPServer) -> Result<SMTPReply, SMTPFailure> {
        let reply = reply(last)
        if code == CURLE_OK { return .success(reply ?? SMTPReply(code: last, words: "")) }
        let refusal = last >= 400 ? reply ?? SMTPReply(code: last, words: "") : nil
        func failure(_ kind: SMTPFailure.Kind, _ fate: SMTPFailure.Fate = .notTaken) -> Result<SMTPReply, SMTPFailure> {
            let words = TransferError.Kind(code).showsDetail ? visible(detail) : ""
            return .failure(SMTPFailure(kind, fate, server: server.name, reply: refusal, detail: words))
        }
        switch code {
        case CURLE_LOGIN_DENIED, CURLE_AUTH_ERROR: return failure(.login)
        case CURLE_REMOTE_ACCESS_DENIED: return failure(.unwelcome)
        // libcurl answers so where MAIL, RCPT or DATA is refused, and where the network fails: then no reply says no.
        case CURLE_SEND_ERROR where last >= 500 && isAboutSender(last, detail, refusal) && !isAboutUs(last, refusal):
            return failure(.sender)
        case CURLE_SEND_ERROR where refusal != nil:
            return failure(.refused, last >= 500 && !isAboutUs(last, refusal) ? .rejected : .notTaken)
        case CURLE_WEIRD_SERVER_REPLY where refusal != nil && isHandedOver:
            return failure(.refused, last >= 500 ? .rejected : .notTaken)
        case CURLE_WEIRD_SERVER_REPLY where refusal != nil: return failure(.unwelcome)
        default: break
        }
        let fate: SMTPFailure.Fate = isHandedOver ? .unknown : .notTaken
        switch TransferError.Kind(code) {
        case .unresolved: return failure(.unresolved)
        case .unconnected: return failure(.unconnected)
        case .tls: return failure(.tls)
        case .timedOut: return failure(.timedOut, fate)
        case .brokeOff: return failure(.brokeOff, fate)
        case .cancelled: return failure(.cancelled, fate)
        case .tooLarge, .tooLate, .other: return failure(.other, fate)
        }
    }

    /// Who has to set something right is us, and then the same message is taken: a login is wanted (530, 534, 535, 538), or
    /// the server does not relay for us.
    private func isAboutUs(_ code: Int, _ reply: SMTPReply?) -> Bool {
        [530, 534, 535, 538].contains(code) || reply?.words.lowercased().contains("relay") == true
    }

    /// The sender was refused: all mail of it is, and nothing was said of the recipient.
    ///
    /// Which command was answered stands in libcurl's words alone. The message's size is said with MAIL FROM, too, and 552
    /// answers that. Many servers (Postfix, unless told otherwise) say what they have against a sender only after RCPT,
    /// in words or by the enhanced codes for a sender's address (RFC 3463: X.1.7, X.1.8); what is said of the recipient
    /// there may quote another server's words on a sender.
    private func isAboutSender(_ code: Int, _ detail: String, _ reply: SMTPReply?) -> Bool {
        if detail.hasPrefix("MAIL failed") { return code != 552 }
        guard detail.hasPrefix("RCPT failed"), let words = reply?.words.lowercased() else { return false }
        if words.hasPrefix("5.1.7 ") || words.hasPrefix("5.1.8 ") { return true }
        return words.contains("sender address rejected") && !words.contains("recipient address rejected")
    }

    /// The lines of the last reply with that code, as one.
    ///
    /// Later ones answer the goodbye.
    private func reply(_ code: Int) -> SMTPReply? {
        guard code > 0 else { return nil }
        let mark = String(code)
        guard let end = lines.lastIndex(where: { $0.hasPrefix(mark) }) else { return nil }
        // All but a reply's last line have a `-` after the code.
        let start = lines[..<end].lastIndex { !$0.hasPrefix(mark + "-") }.map { $0 + 1 } ?? 0
        let words = lines[start...end].map { $0.dropFirst(mark.count + 1) }.joined(separator: " ")
        return SMTPReply(code: code, words: visible(words))
    }
}

/// On one line, without control characters, and no longer than people read.
package func visible(_ text: String) -> String {
    let plain = text.unicodeScalars.map { scalar in
        switch scalar.properties.generalCategory {
        case .control, .format, .surrogate, .lineSeparator, .paragraphSeparator: " "
        default: String(scalar)
        }
    }
    let line = plain.joined().split(separator: " ").joined(separator: " ")
    return line.count <= 400 ? line : line.prefix(400) + "…"
}

extension Options {
    func apply(_ server: SMTPServer, _ limits: SMTPLimits) {
        unsafe check(ccurl_allow_smtp_only(handle))
        unsafe set(CURLOPT_URL, "\(server.security == .tls ? "smtps" : "smtp")://\(server.name)")
        unsafe set(CURLOPT_NOSIGNAL, 1)
        unsafe set(CURLOPT_CONNECTTIMEOUT_MS, limits.connect.milliseconds)
        unsafe set(CURLOPT_TIMEOUT_MS, limits.total.milliseconds)
        // libcurl's own patience with one reply is shorter than a server may need for a message.
        unsafe set(CURLOPT_SERVER_RESPONSE_TIMEOUT, Int(max(1, limits.total.components.seconds)))
        if isLoopback(host: server.host) { unsafe set(CURLOPT_NOPROXY, "*") }
        if server.security != .none {
            unsafe set(CURLOPT_USE_SSL, Int(CURLUSESSL_ALL.rawValue))
            unsafe set(CURLOPT_SSL_VERIFYPEER, 1)
            unsafe set(CURLOPT_SSL_VERIFYHOST, 2)
            unsafe set(CURLOPT_SSLVERSION, CURL_SSLVERSION_TLSv1_2)
        }
        if let file = server.authorities {
            unsafe set(CURLOPT_CAINFO, file)
            // Otherwise the system's folder is believed as well.
            unsafe check(ccurl_set_string(handle, CURLOPT_CAPATH, nil))
        }
        if let login = server.login {
            unsafe set(CURLOPT_USERNAME, login.user)
            unsafe set(CURLOPT_PASSWORD, login.password)
            // Whatever proves a password; tickets and domains of the machine's own are not asked for.
            unsafe set(
                CURLOPT_LOGIN_OPTIONS,
                "AUTH=PLAIN;AUTH=LOGIN;AUTH=SCRAM-SHA-256;AUTH=SCRAM-SHA-1;AUTH=CRAM-MD5;AUTH=DIGEST-MD5"
            )
        }
    }

    func dialogue(_ context: UnsafeMutableRawPointer) {
        unsafe check(ccurl_set_read(handle, readMessage))
        unsafe check(ccurl_set_pointer(handle, CURLOPT_READDATA, context))
        unsafe check(ccurl_set_write(handle, CURLOPT_WRITEFUNCTION, ignoreBody))
        unsafe check(ccurl_set_write(handle, CURLOPT_HEADERFUNCTION, hearReply))
        unsafe check(ccurl_set_pointer(handle, CURLOPT_HEADERDATA, context))
        unsafe check(ccurl_set_progress(handle, watchDialogue))
        unsafe check(ccurl_set_pointer(handle, CURLOPT_XFERINFODATA, context))
        unsafe set(CURLOPT_NOPROGRESS, 0)
    }
}

private let readMessage: curl_read_callback = { buffer, size, count, context in
    guard let buffer = unsafe buffer, let context = unsafe context else { return 0 }
    let dialogue = unsafe Unmanaged<SMTPDialogue>.fromOpaque(context).takeUnretainedValue()
    return unsafe dialogue.fill(UnsafeMutableRawBufferPointer(start: buffer, count: size * count))
}

private let hearReply: curl_write_callback = { bytes, size, count, context in
    guard let bytes = unsafe bytes, let context = unsafe context else { return 0 }
    let dialogue = unsafe Unmanaged<SMTPDialogue>.fromOpaque(context).takeUnretainedValue()
    unsafe dialogue.heard(UnsafeRawBufferPointer(start: bytes, count: size * count))
    return size * count
}

private let ignoreBody: curl_write_callback = { _, size, count, _ in size * count }

private let watchDialogue: curl_xferinfo_callback = { context, _, _, _, _ in
    guard let context = unsafe context else { return 0 }
    let dialogue = unsafe Unmanaged<SMTPDialogue>.fromOpaque(context).takeUnretainedValue()
    return dialogue.cancellation.isCancelled ? 1 : 0
}
