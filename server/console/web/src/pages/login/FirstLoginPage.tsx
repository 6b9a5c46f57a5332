import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useLocation, useRouter } from "@tanstack/react-router";
import { useState } from "react";
import { errorSentence } from "../../api/errors";
import { firstLogin, sessionQuery } from "../../api/session";
import { Button, buttonClass } from "../../components/Button";
import { Field, formClass, Frame, Problem } from "./Frame";

/** Fewest characters of a password; the node checks it too. */
const LEAST = 12;

/** /first-login#token=…: makes the first administrator. The token stays in the fragment, which no log sees. */
export function FirstLoginPage() {
  const router = useRouter();
  const queries = useQueryClient();
  const token = new URLSearchParams(useLocation().hash).get("token");
  const [name, setName] = useState("admin");
  const [password, setPassword] = useState("");
  const [again, setAgain] = useState("");
  const attempt = useMutation({
    mutationFn: firstLogin,
    onSuccess: async () => {
      await queries.query({ ...sessionQuery, staleTime: 0 });
      router.history.replace("/");
    },
  });
  if (token === null) {
    return (
      <Frame title="This link is not complete">
        <p>The first sign-in needs the whole link that the node printed when it started, with what stands behind the “#”.</p>
        <p style={{ marginTop: 16 }}>
          <a className={buttonClass()} href="/login">
            Sign in with a password
          </a>
        </p>
      </Frame>
    );
  }
  const differ = again !== "" && again !== password;
  const short = password !== "" && password.length < LEAST;
  return (
    <Frame title="Welcome to Picket">
      <p>Choose how you sign in from now on. This link works once.</p>
      <form
        className={formClass}
        onSubmit={(event) => {
          event.preventDefault();
          if (!differ && !short) attempt.mutate({ token, name, password });
        }}
      >
        <Field label="Your name" name="username" complete="username" value={name} set={setName} />
        <Field
          label="Password"
          name="password"
          type="password"
          complete="new-password"
          hint={`At least ${String(LEAST)} characters; a sentence is good`}
          value={password}
          set={setPassword}
        />
        <Field label="Password again" name="again" type="password" complete="new-password" value={again} set={setAgain} />
        {short && again !== "" && <Problem>The password is shorter than {LEAST} characters.</Problem>}
        {differ && <Problem>The two passwords differ.</Problem>}
        {attempt.error && <Problem>{errorSentence(attempt.error)}</Problem>}
        <Button type="submit" look="primary" disabled={attempt.isPending || differ || short || password === "" || again === ""}>
          {attempt.isPending ? "Setting up…" : "Start"}
        </Button>
      </form>
    </Frame>
  );
}
