"""Jupyter's own test suite for kernels, run in full against this one."""

import unittest

import jupyter_kernel_test

KERNEL_NAME = "heapmark"


class HeapmarkTests(jupyter_kernel_test.KernelTests):
    kernel_name = KERNEL_NAME
    language_name = "typescript"
    file_extension = ".ts"

    code_hello_world = "console.log('hello, world')"
    code_stderr = "console.error('oops')"
    code_page_something = "%lsmagic?"
    code_clear_output = "console.clear()"
    code_generate_error = "throw new Error('on purpose')"
    code_inspect_sample = "console.log"

    completion_samples = [
        {"text": "Math.hyp", "matches": {"hypot"}},
        {"text": "JSON.stri", "matches": {"stringify"}},
        {"text": "%lsm", "matches": {"%lsmagic"}},
    ]

    complete_code_samples = [
        "let x = 1",
        "console.log('hello, world')",
        "function f(x: number) {\n  return x * 2\n}\n\n",
        "",
        "%vars",
    ]
    incomplete_code_samples = [
        "console.log('hello, world'",
        "function f(x: number) {",
        "const text = `a",
        "[1, 2,",
    ]
    invalid_code_samples = ["let 5", "const x = )", "}"]

    code_execute_result = [
        {"code": "1 + 2 + 3", "result": "6"},
        {"code": "[1, 2, 3].map((n) => n * n)", "result": "[ 1, 4, 9 ]"},
        {"code": "await Promise.resolve(7)", "result": "7"},
        {
            "code": "({ [Symbol.for('Jupyter.display')]: () => ({ 'text/html': '<b>rich</b>' }) })",
            "result": "<b>rich</b>",
            "mime": "text/html",
        },
    ]

    code_display_data = [
        {"code": "import { display as show } from 'heapmark'; show({ 'text/html': '<p>shown</p>' })", "mime": "text/html"},
        {"code": "import * as tslab from 'tslab'; tslab.display.png(new Uint8Array([1, 2, 3]))", "mime": "image/png"},
    ]

    code_history_pattern = "1 + 2*"
    supported_history_operations = ("tail", "range", "search")

    def test_stdin(self) -> None:
        """The suite has no case for questions to the user."""
        self.flush_channels()
        message_id = self.kc.execute("(await input('Name: ')).length", allow_stdin=True)
        question = self.kc.get_stdin_msg(timeout=15)
        # Its schema wants a number for `password`, where the protocol says boolean.
        self.assertEqual(question["content"], {"prompt": "Name: ", "password": False})
        self.kc.input("Grace")
        reply = self.get_non_kernel_info_reply(timeout=15)
        assert reply is not None
        jupyter_kernel_test.validate_message(reply, "execute_reply", message_id)
        self.assertEqual(reply["content"]["status"], "ok")

    def test_interrupt_by_the_manager(self) -> None:
        self.flush_channels()
        message_id = self.kc.execute("while (true);")
        # Requests of two channels have no order: the interrupt must not overtake the cell.
        while self.kc.get_iopub_msg(timeout=15)["msg_type"] != "execute_input":
            pass
        self.km.interrupt_kernel()
        reply = self.get_non_kernel_info_reply(timeout=15)
        assert reply is not None
        jupyter_kernel_test.validate_message(reply, "execute_reply", message_id)
        self.assertEqual(reply["content"]["status"], "error")


class HeapmarkWelcomeTests(jupyter_kernel_test.IopubWelcomeTests):
    kernel_name = KERNEL_NAME
    support_iopub_welcome = True


class EncryptedKernelTests(unittest.TestCase):
    """What jupyter_client does with a kernel that declares transport encryption."""

    def test_a_required_encryption_is_accepted(self) -> None:
        from jupyter_client.manager import KernelManager

        manager = KernelManager(kernel_name=KERNEL_NAME, transport_encryption="required")
        manager.start_kernel()
        client = manager.blocking_client()
        try:
            self.assertIn("curve_publickey", manager.get_connection_info())
            client.start_channels()
            client.wait_for_ready(timeout=30)
            reply = client.execute_interactive("1 + 1", timeout=30, output_hook=lambda _message: None)
            self.assertEqual(reply["content"]["status"], "ok")
            self.assertTrue(client.hb_channel.is_alive())
        finally:
            client.stop_channels()
            manager.shutdown_kernel()

    def test_a_restart_gives_a_fresh_kernel(self) -> None:
        from jupyter_client.manager import start_new_kernel

        manager, client = start_new_kernel(kernel_name=KERNEL_NAME)
        try:
            run = lambda code: client.execute_interactive(code, timeout=30, output_hook=lambda _message: None)  # noqa: E731
            self.assertEqual(run("let before = 1")["content"]["status"], "ok")
            manager.restart_kernel()
            client.wait_for_ready(timeout=30)
            self.assertEqual(run("before")["content"]["status"], "error")
        finally:
            client.stop_channels()
            manager.shutdown_kernel()


if __name__ == "__main__":
    unittest.main()
