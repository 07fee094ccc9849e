import CCurl
import Foundation

/// One connection to one mail server, kept open from message to message.
///
/// Messages go one after another, on a thread of the session's own.
package final class SMTPSession: Sendable {
    package let server: SMTPServer
    private let handle = EasyHandle(number: 0)

    package init(_ server: SMTPServer) { self.server = server }

    /// Tries once.
    ///
    /// Cancelling the task ends the transfer within a second.
    package func send(_ transfer: SMTPTransfer) async throws(SMTPFailure) -> SMTPReply {
        for address in [transfer.sender, transfer.recipient] where !isPlainAddress(address) {
            throw SMTPFailure(
                .other,
                .rejected,
                server: server.name,
                detail: "\(visible(address)) is no address that can be sent to"
            )
        }
        return try await perform(transfer, limits: transfer.limits)
    }

    /// Connects, encrypts and logs in, and sends nothing.
    package func check(_ limits: SMTPLimits = SMTPLimits()) async throws(SMTPFailure) -> SMTPReply {
        try await perform(nil, limits: limits)
    }

    private func perform(_ transfer: SMTPTransfer?, limits: SMTPLimits) async throws(SMTPFailure) -> SMTPReply {
        guard isHostName(server.host), (1...65_535).contains(server.port) else {
            throw SMTPFailure(.other, .notTaken, server: visible(server.name), detail: "that is no host and port")
        }
        guard server.security != .none || isLoopback(host: server.host) else {
            throw SMTPFailure(.unencrypted, .notTaken, server: server.name)
        }
        if Task.isCancelled { throw SMTPFailure(.cancelled, .notTaken, server: server.name) }
        let cancellation = Cancellation()
        let result = await withTaskCancellationHandler {
            await handle.perform(transfer, at: server, limits: limits, until: cancellation)
        } onCancel: {
            cancellation.cancel()
        }
        return try result.get()
    }
}

/// libcurl keeps a connection whose last answer it did not wait for: the next message would read that answer as its own,
/// and saying goodbye would wait for it.
private func hangUp(_ handle: UnsafeMutableRawPointer) {
    var kept: CInt = -1
    guard unsafe ccurl_kept_socket(handle, &kept) == CURLE_OK, kept >= 0 else { return }
    _ = shutdown(kept, CInt(SHUT_RDWR))
}

extension EasyHandle {
    /// Blocks this actor's thread until the server has answered or a limit is reached; without a message it logs in.
    func perform(
        _ transfer: SMTPTransfer?,
        at server: SMTPServer,
        limits: SMTPLimits,
        until cancellation: Cancellation
    ) -> Result<SMTPReply, SMTPFailure> {
        func unable(_ detail: String) -> Result<SMTPReply, SMTPFailure> {
            .failure(SMTPFailure(.other, .notTaken, server: server.name, detail: detail))
        }
        guard let handle = unsafe handle else { return unable("libcurl could not be initialised") }
        // Options go, the connection stays.
        unsafe curl_easy_reset(handle)
        let words = UnsafeMutablePointer<CChar>.allocate(capacity: Int(CURL_ERROR_SIZE))
        unsafe words.initialize(repeating: 0, count: Int(CURL_ERROR_SIZE))
        defer { unsafe words.deallocate() }
        var recipients: UnsafeMutablePointer<curl_slist>?
        defer { unsafe curl_slist_free_all(recipients) }
        let dialogue = SMTPDialogue(message: transfer?.message ?? [], cancellation: cancellation)
        let options = unsafe Options(handle: handle)
        unsafe options.apply(server, limits)
        if let transfer {
            unsafe recipients = curl_slist_append(nil, "<\(transfer.recipient)>")
            guard unsafe recipients != nil else { return unable("out of memory") }
            unsafe options.set(CURLOPT_MAIL_FROM, "<\(transfer.sender)>")
            unsafe options.set(CURLOPT_MAIL_RCPT, recipients)
            unsafe options.set(CURLOPT_UPLOAD, 1)
            // Said in MAIL FROM, so that what is too long is refused before it is sent.
            unsafe options.set(CURLOPT_INFILESIZE, transfer.message.count)
        } else {
            unsafe options.set(CURLOPT_NOBODY, 1)
            unsafe options.set(CURLOPT_CUSTOMREQUEST, "NOOP")
        }
        unsafe options.set(CURLOPT_ERRORBUFFER, words)
        unsafe options.dialogue(Unmanaged.passUnretained(dialogue).toOpaque())
        if let failed = unsafe options.failure { return unable(phrase(failed)) }
        if cancellation.isCancelled { return .failure(SMTPFailure(.cancelled, .notTaken, server: server.name)) }
        let code = unsafe curl_easy_perform(handle)
        if code != CURLE_OK { unsafe hangUp(handle) }
        return withExtendedLifetime(dialogue) {
            var last = 0
            let read = unsafe ccurl_get_long(handle, CURLINFO_RESPONSE_CODE, &last)
            let buffered = unsafe String(cString: words)
            return dialogue.outcome(
                code,
                last: read == CURLE_OK ? last : 0,
                detail: buffered.isEmpty ? phrase(code) : buffered,
                server: server
            )
        }
    }
}

/// Something that can stand between `<` and `>` in a command: nothing in it ends the address or the line.
private func isPlainAddress(_ text: String) -> Bool {
    let bytes = text.utf8
    guard let at = bytes.lastIndex(of: UInt8(ascii: "@")), at > bytes.startIndex, bytes.count <= 254 else {
        return false
    }
    return bytes.index(after: at) < bytes.endIndex
        && bytes.allSatisfy { $0 > 32 && $0 < 127 && !"<>\"\\,;".utf8.contains($0) }
}

/// A host becomes part of a URL: anything else in it could lead elsewhere.
private func isHostName(_ text: String) -> Bool {
    let bytes = text.utf8
    return !bytes.isEmpty && bytes.count <= 253
        && bytes.allSatisfy { byte in
            (byte >= 97 && byte <= 122) || (byte >= 65 && byte <= 90) || (byte >= 48 && byte <= 57)
                || "-._:[]".utf8.contains(byte)
        }
}
